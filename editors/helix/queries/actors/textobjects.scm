(actor body: (_) @class.inside) @class.around
(message body: (_) @class.inside) @class.around
(enum body: (_) @class.inside) @class.around
(graph body: (_) @function.inside) @function.around
(filter condition: (_) @function.inside) @function.around

(parameter) @parameter.inside
(argument value: (_) @parameter.inside) @parameter.around
(entry value: (_) @entry.inside) @entry.around
(field) @entry.inside

(comment) @comment.inside
(comment)+ @comment.around
