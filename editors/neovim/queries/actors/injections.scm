((comment) @injection.content
  (#set! injection.language "comment"))

; What a pattern is, is a regular expression.
(binary
  operator: "matches"
  right: [(string) (single_quoted)] @injection.content
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "regex"))
(binary
  operator: "matches"
  right: (raw_string) @injection.content
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "regex"))
