; Made of editors/queries/injections.scm; make.mjs beside it says how.

((comment) @injection.content
  (#set! injection.language "comment"))

; What a pattern is, is a regular expression.
((binary
  operator: "matches"
  right: (string (string_content) @injection.content))
  (#set! injection.language "regex"))
