package diag

// A Code names a kind of finding. Codes are stable: a code is never given a
// second meaning. OC1xx is about how a file is written, OC2xx about names and
// types, OC3xx about wires, OC4xx about expressions, OC5xx about Go handlers.
type Code string
