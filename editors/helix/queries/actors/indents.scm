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
  (where)
  (filter)
] @indent

[")" "]" "}"] @outdent
