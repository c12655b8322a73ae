package spec

// Sockets gives the plain sockets of the process, those of its outgoing wires
// first. A pair port's socket is among them twice.
func (p *Process) Sockets() []*Plain {
	var list []*Plain
	for _, out := range p.Outs {
		for _, w := range out.Wires {
			if w.Plain != nil {
				list = append(list, w.Plain)
			}
		}
	}
	for _, in := range p.Ins {
		for _, w := range in.Wires {
			if w.Plain != nil {
				list = append(list, w.Plain)
			}
		}
	}
	return list
}
