package runtime

import (
	"context"
	"encoding/binary"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
)

// rejectedPort is the outgoing port that every instance has.
const rejectedPort = "rejected"

// maxRejectedLog is how much of what was rejected is logged, in bytes.
const maxRejectedLog = 4 << 10

// malformed disposes of bytes from outside that a source could not read: it is
// [actor.Setup.Reject].
func (p *process) malformed(_ context.Context, port, where string, reason error, data []byte) {
	*p.counters.word(spec.WordMalformed)++
	if where != "" {
		reason = fmt.Errorf("%s: %w", where, reason)
	}
	p.dispose(port, reason, data)
}

// readable gives a rejected message as JSON, so that people can read it, put it
// right and feed it to a source again. What is no valid encoding, or is too
// long as JSON, stays as it is.
func (w *inWire) readable(payload []byte) []byte {
	if w.json == nil {
		w.json = message.NewJSONWriter(w.process.message(w.port.Message))
	}
	text, err := w.json.Append(nil, payload)
	if err != nil || len(text) > lane.MaxMessage {
		return payload
	}
	return text
}

// dispose sends what was rejected where it is wired to, or logs it.
func (p *process) dispose(port string, reason error, data []byte) {
	if p.rejected == nil {
		shown := data[:min(len(data), maxRejectedLog)]
		p.log.Warn("rejected", "port", port, "reason", reason.Error(), "data", string(shown), "bytes", len(data))
		return
	}
	m := &rejection{reason: reason.Error(), port: port, data: data, at: time.Now().UnixNano()}
	p.rejected.Begin()
	if err := p.rejected.Send(p.ctx, m); err != nil {
		p.log.Warn("what was rejected could not be sent", "reason", m.reason, "error", err)
	}
}

// A rejection is a [schema.Rejected] on its way out.
type rejection struct {
	reason, port string
	data         []byte
	at           int64
}

// Raw implements [actor.Outgoing].
func (r *rejection) Raw() []byte { return r.Append(nil) }

// Struct implements [actor.Outgoing].
func (r *rejection) Struct() unsafe.Pointer { return nil }

// Type implements [actor.Outgoing].
func (r *rejection) Type() reflect.Type { return nil }

// Append implements [actor.Outgoing]: three slots that say where texts end, a
// time, then the texts.
func (r *rejection) Append(b []byte) []byte {
	le := binary.LittleEndian
	end := len(r.reason)
	b = le.AppendUint32(b, uint32(end))
	end += len(r.port)
	b = le.AppendUint32(b, uint32(end))
	end += len(r.data)
	b = le.AppendUint32(b, uint32(end))
	b = le.AppendUint64(b, uint64(r.at))
	b = append(b, r.reason...)
	b = append(b, r.port...)
	return append(b, r.data...)
}
