package spec

// Every process keeps its counters in a file of aligned 64-bit words, little
// endian, mapped into its memory; the supervisor makes the file and reads it
// without asking. Each word has one writer. The numbers go on over restarts:
// a new incarnation maps the same file.
//
// What a wire's words mean is fixed by architecture: offered = filtered +
// dropped + delivered + left + lost, where lost is what remains.

// The words at the head of the file.
const (
	WordVersion   = iota // Version
	WordBeat             // turns of the main loop
	WordPlace            // of a source, behind the last message that it sent: a restart goes on there
	WordRead             // messages that a source has sent
	WordMalformed        // lines that a source could not parse
	WordDone             // progress of a source: units done
	WordTotal            // and in all, 0 if unknown. Both in bytes
	headWords
)

// The words of an OutWire, from [OutWord] on.
const (
	OutOffered   = iota // messages that the port sent, each counted on every wire of it
	OutFiltered         // the filter said no, or another wire took the request
	OutDropped          // the queue's policy dropped it
	OutLeft             // in the queue when a stopped run gave up on it
	OutDelivered        // of a plain wire: handed to the socket, or the codec could not say it. On native wires the receiver counts that
	OutRejected         // of these, those that the codec could not say
	outWords
)

// The words of an InWire, from [InWord] on.
const (
	InDelivered = iota // the handler returned, well or with an error, or the message could not be decoded
	InRejected         // of these, all but well
	InFiltered         // came, and the handler doesn't want it: no topic that it subscribes to, or a foreign sender's that the filter refuses
	InOffered          // of a plain wire: came from a foreign peer. On native wires the sender counts this and what follows
	InDropped          // of a plain wire: came while the queue was full, and its policy dropped it or another
	InLeft             // of a plain wire: came, and a stopped run gave up on it
	inWords
)

// OutWord gives the first word of a wire of an outgoing port: wire w of
// p.Outs[out].
func (p *Process) OutWord(out, w int) int {
	n := headWords
	for i := range out {
		n += outWords * len(p.Outs[i].Wires)
	}
	return n + outWords*w
}

// InWord gives the first word of a wire of an incoming port: wire w of
// p.Ins[in].
func (p *Process) InWord(in, w int) int {
	n := p.OutWord(len(p.Outs), 0)
	for i := range in {
		n += inWords * len(p.Ins[i].Wires)
	}
	return n + inWords*w
}

// CounterWords is the length of the process's counters file in words of 8
// bytes.
func (p *Process) CounterWords() int { return p.InWord(len(p.Ins), 0) }

// Counts is the account of one wire, summed over its processes. Offered =
// Filtered + Dropped + Delivered + Left + Lost.
type Counts struct {
	Offered   uint64 `json:"offered"`
	Filtered  uint64 `json:"filtered"`
	Dropped   uint64 `json:"dropped"`
	Delivered uint64 `json:"delivered"`
	Rejected  uint64 `json:"rejected"` // of those delivered
	Left      uint64 `json:"left"`
	Lost      int64  `json:"lost"` // what remains; negative would be a bug of ours
}
