; Names are coloured by what they stand for, so keywords that are used as names
; are names. No two patterns take the same node: editors differ in which wins.

((comment) @comment
  (#not-match? @comment "^///([^/]|$)"))
((comment) @comment.documentation
  (#match? @comment.documentation "^///([^/]|$)"))

; Declarations

"import" @keyword.import
["message" "enum"] @keyword.type
["actor" "graph" "filter" "const"] @keyword
["on" "as"] @keyword

(message name: (identifier) @type.definition)
(enum name: (identifier) @type.definition)
(actor name: (identifier) @type.definition)
(graph name: (identifier) @type.definition)
(filter name: (identifier) @function)
(const name: (identifier) @constant)

(field name: (identifier) @variable.member)
(parameter name: (identifier) @variable.parameter)
(enum_value (identifier) @constant.enum)
(enum_type (enum_value) @constant.enum)

; Types

(type_parameters (identifier) @type)
((type_name (identifier) @type .)
  (#not-any-of? @type "string" "bool" "int" "float" "bytes" "time" "duration" "any" "expr"))
((type_name (identifier) @type.builtin .)
  (#any-of? @type.builtin "string" "bool" "int" "float" "bytes" "time" "duration" "any" "expr"))
(type_name (identifier) @module . ".")
(map_type key: (identifier) @type.builtin)
(filter message: (path (identifier) @type))
(optional_type "?" @operator)

; Actors and their ports

(endless) @keyword.modifier
(external) @keyword.modifier
["exec" "lines"] @keyword.modifier
(pattern) @keyword
(port name: (identifier) @variable.member)
["key" "codec" "bind" "connect" "topic"] @keyword
(key path: (path (identifier) @variable.member))
(codec name: (identifier) @constant)

; Graphs

(instance name: (identifier) @variable)
(argument name: (identifier) @variable.parameter)
(port_ref instance: (identifier) @variable)
(port_ref port: (identifier) @variable.member)

["replicas" "restart" "max" "process"] @keyword
(env_var "env" @keyword)
(restart "in" @keyword)
(restart policy: (identifier) @constant)
(env_var name: (identifier) @constant)
(process name: (identifier) @label)
["queue" "deliver" "journal" "timeout" "retry" "where" "expose"] @keyword
(else) @keyword
(full) @constant
(deliver mode: (identifier) @constant)

; Values

((reference (identifier) @variable)
  (#not-eq? @variable "never"))
((reference (identifier) @constant.builtin)
  (#eq? @constant.builtin "never"))
(entry key: (identifier) @variable.member)
(env "env" @function.builtin)
(secret "secret" @function.builtin)
[(string) (raw_string) (single_quoted)] @string
(escape) @string.escape
[(integer) (duration) (size)] @number
(float) @number.float
[(true) (false)] @boolean
(nil) @constant.builtin

; Expressions

(name) @variable
(member field: (identifier) @variable.member)
(element "#" @variable.builtin)
(element field: (identifier) @variable.member)
(call function: (identifier) @function.builtin)
(binary operator: ["||" "&&" "==" "!=" "<" "<=" ">" ">=" ".." "+" "-" "*" "/" "%" "**" "^" "??"] @operator)
(unary operator: ["!" "-" "+"] @operator)
(binary operator: ["in" "contains" "startsWith" "endsWith" "matches" "not" "and" "or"] @keyword.operator)
(unary operator: "not" @keyword.operator)
(ternary ["?" ":"] @keyword.conditional.ternary)

; Signs

["->" "<->" "="] @operator
["," "."] @punctuation.delimiter
[(argument ":" @punctuation.delimiter) (entry ":" @punctuation.delimiter) (map_type ":" @punctuation.delimiter) (index ":" @punctuation.delimiter)]
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
(type_parameters ["<" ">"] @punctuation.bracket)
(type_arguments ["<" ">"] @punctuation.bracket)
