package plain

// openRep opens the socket of a rep port: one that answers a request before it
// takes the next. Within it is a ROUTER: a REP whose handler has failed is stuck,
// hides who asks, and drops what has no empty frame.
func openRep(c Config) (*Receiver, error) { return openRouter(c) }
