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
] @fold

(comment)+ @fold
(import)+ @fold
