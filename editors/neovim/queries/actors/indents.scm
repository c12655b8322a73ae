; Made of editors/queries/indents.scm; make.mjs beside it says how.

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
] @indent.begin

[")" "]" "}"] @indent.branch @indent.end

; An expression that goes on below.
(where) @indent.begin
(filter) @indent.begin

(ERROR) @indent.auto
