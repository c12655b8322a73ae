((comment) @injection.content
  (#set! injection.language "comment"))

; What a pattern is, is a regular expression.
(binary
  operator: "matches"
  right: [(string) (raw_string) (single_quoted)] @injection.content
  (#set! injection.language "regex"))
