package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// ErrVersion is what [Decode] fails with on a plan of another version.
var ErrVersion = errors.New("the plan is of another version of opencore; compile it again")

// Encode writes the plan as indented JSON. Equal plans give equal bytes:
// fields come in the order of their declaration, keys of maps sorted.
func Encode(p *spec.Plan) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // so that filters can be read
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		panic(fmt.Sprintf("bug: a plan has no JSON: %v", err))
	}
	return b.Bytes()
}

// Decode reads what [Encode] wrote. It fails on another version, on fields
// that this version does not know, and on numbers that point nowhere.
func Decode(data []byte) (*spec.Plan, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w", err)
	}
	if head.Version != spec.Version {
		return nil, fmt.Errorf("version %d, not %d: %w", head.Version, spec.Version, ErrVersion)
	}
	p := &spec.Plan{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	if err := validate(p); err != nil {
		return nil, fmt.Errorf("the plan is damaged: %w", err)
	}
	return p, nil
}

// Hash names a plan: equal plans have equal hashes. Processes compare it when
// they meet.
func Hash(p *spec.Plan) string {
	sum := sha256.Sum256(Encode(p))
	return hex.EncodeToString(sum[:8])
}

// validate checks that all that refers to processes, wires and messages by
// number or name finds them, so that whoever holds a plan may index by them.
func validate(p *spec.Plan) error {
	if err := validateStart(p); err != nil {
		return err
	}
	for i, w := range p.Wires {
		if int(w.ID) != i || w.Copies < 1 || !known(p, w.Message, w.Reply) {
			return fmt.Errorf("wire %d", i)
		}
	}
	sent := make([]bool, len(p.Wires))
	for i, proc := range p.Processes {
		if int(proc.ID) != i || proc.Cycle < 0 || proc.Cycle > len(p.Processes) {
			return fmt.Errorf("process %d", i)
		}
		if err := validateProcess(p, proc, sent); err != nil {
			return fmt.Errorf("process %d: %w", i, err)
		}
	}
	if i := slices.Index(sent, false); i >= 0 {
		return fmt.Errorf("nobody sends on wire %d", i)
	}
	return nil
}

var errStart = errors.New("not every process is started once")

func validateStart(p *spec.Plan) error {
	if len(p.Start) != len(p.Processes) || slices.Contains(p.Processes, nil) {
		return errStart
	}
	started := make([]bool, len(p.Processes))
	for _, id := range p.Start {
		if int(id) >= len(started) || started[id] {
			return errStart
		}
		started[id] = true
	}
	return nil
}

// validateProcess notes which wires the process is the sender of, or the
// receiver if a foreign peer sends.
func validateProcess(p *spec.Plan, proc *spec.Process, sent []bool) error {
	for param, message := range proc.Types {
		if !known(p, message, "") {
			return fmt.Errorf("type %s", param)
		}
	}
	for _, out := range proc.Outs {
		if err := validateOut(p, out, sent); err != nil {
			return err
		}
	}
	for _, in := range proc.Ins {
		if !known(p, in.Message, in.Reply) {
			return fmt.Errorf("port %q", in.Port)
		}
		for _, w := range in.Wires {
			if err := validateEnd(p, w.Wire, from, w.Lanes, w.Plain); err != nil {
				return err
			}
			sent[w.Wire] = sent[w.Wire] || w.Plain != nil
		}
	}
	if proc.Exec != nil && len(proc.Exec.Command) == 0 {
		return errors.New("a program without a name")
	}
	for _, peer := range proc.Peers {
		if int(peer.ID) >= len(p.Processes) {
			return fmt.Errorf("peer %d", peer.ID)
		}
	}
	return nil
}

func validateOut(p *spec.Plan, out spec.Out, sent []bool) error {
	if !known(p, out.Message, out.Reply) {
		return fmt.Errorf("port %q", out.Port)
	}
	for _, w := range out.Wires {
		if err := validateEnd(p, w.Wire, to, w.Lanes, w.Plain); err != nil {
			return err
		}
		if wire := &p.Wires[w.Wire]; wire.From.External || w.Copy < 0 || w.Copy >= wire.Copies {
			return fmt.Errorf("copy %d of wire %d", w.Copy, w.Wire)
		}
		sent[w.Wire] = true
	}
	return nil
}

// known reports whether the plan has a message, and the reply to it if there
// is one.
func known(p *spec.Plan, message, reply string) bool {
	return p.Messages[message] != nil && (reply == "" || p.Messages[reply] != nil)
}

// validateEnd checks one end of a wire: it has lanes or, where the other end is
// foreign, a socket.
func validateEnd(p *spec.Plan, wire spec.WireID, other func(*spec.Wire) spec.End, lanes []spec.Lane, plain *spec.Plain) error {
	if int(wire) >= len(p.Wires) {
		return fmt.Errorf("wire %d", wire)
	}
	if foreign := other(&p.Wires[wire]).External; foreign != (plain != nil) || foreign != (len(lanes) == 0) {
		return fmt.Errorf("wire %d", wire)
	}
	for _, lane := range lanes {
		if int(lane.Peer) >= len(p.Processes) {
			return fmt.Errorf("lane %d", lane.ID)
		}
	}
	return nil
}

func from(w *spec.Wire) spec.End { return w.From }
func to(w *spec.Wire) spec.End   { return w.To }
