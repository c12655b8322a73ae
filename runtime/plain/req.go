package plain

// openReq opens the socket of a req port: one that has one request in flight,
// for which the port sees to it. Within it is a DEALER that sends what a REQ with
// REQ_RELAXED and REQ_CORRELATE does. A REQ itself would drop late replies in
// silence, hide whether anybody is there to ask, and be stuck with a peer that dies.
func openReq(c Config) (*Asker, error) { return openDealer(c) }
