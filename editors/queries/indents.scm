[
  (fields)
  (enum_values)
  (parameters)
  (ports)
  (statements)
  (arguments)
  (settings)
  (list)
  (map)
  (group)
  (call)
  (expression_list)
  (closure)
] @indent

[")" "]" "}"] @outdent

; An expression that goes on below.
(where) @indent
(filter) @indent

(ERROR) @indent.auto
