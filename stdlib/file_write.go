package stdlib

import (
	"context"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

// An encoder appends a message as a row, with its line end.
type encoder func(dst, payload []byte) ([]byte, error)

// newEncoder makes the encoder of a format, and tells what stands before the
// first row.
func newEncoder(format string, m *schema.Message) (encode encoder, head []byte) {
	switch format {
	case "csv":
		w := message.NewCSVWriter(m)
		return w.Append, w.AppendHeader(nil)
	case "text":
		return asLine(message.NewTextWriter(m).Append), nil
	default:
		return asLine(message.NewJSONWriter(m).Append), nil
	}
}

func asLine(encode encoder) encoder {
	return func(dst, payload []byte) ([]byte, error) {
		out, err := encode(dst, payload)
		if err != nil {
			return dst, err
		}
		return append(out, '\n'), nil
	}
}

// A sink writes the messages of one in-port as rows. It is file.Write and
// log.Print.
type sink struct {
	open   func() (*output, error)
	encode encoder
	output *output
}

func (k *sink) instance(port string) *actor.Instance {
	return &actor.Instance{
		Handler: k, Flush: k.flush,
		In: map[string]actor.Incoming{port: {Message: k.message}},
	}
}

// Start implements [actor.Starter].
func (k *sink) Start(context.Context) (err error) {
	k.output, err = k.open()
	return err
}

func (k *sink) message(_ context.Context, payload []byte) error {
	row, err := k.encode(k.output.buffer, payload)
	if err != nil {
		return err
	}
	k.output.buffer = row
	return k.output.add()
}

// flush writes what is held back, packed rows too: small pieces pack less
// well, but what counts as delivered is in the file.
func (k *sink) flush(context.Context) error { return k.output.sync() }

// Stop implements [actor.Stopper].
func (k *sink) Stop(context.Context) error { return k.output.close() }

// newWrite makes file.Write.
func (w *world) newWrite(s *actor.Setup) (*actor.Instance, error) {
	f, err := fileOf(s)
	if err != nil {
		return nil, err
	}
	mode := replace
	switch {
	case s.Incarnation > 1:
		mode = resume
	case param[bool](s, "append"):
		mode = extend
	}
	encode, head := newEncoder(f.format, messageType(s, "T"))
	open := func() (*output, error) { return w.openFile(f, mode, head) }
	return (&sink{open: open, encode: encode}).instance("rows"), nil
}

// openFile opens what file.Write writes to, and writes the head where the
// file is new.
func (w *world) openFile(f file, mode openMode, head []byte) (*output, error) {
	var o *output
	var err error
	empty := mode != resume
	if f.path == standard {
		o, err = w.openStandard("path")
	} else {
		o, empty, err = openOutput(f, mode)
	}
	switch {
	case err != nil || len(head) == 0:
		return o, err
	case empty:
		return o, o.head(head)
	case mode == extend && !f.gzip:
		return o, sameColumns(f.path, head)
	}
	return o, nil
}

// openStandard opens standard output; param is what to blame for it.
func (w *world) openStandard(param string) (*output, error) {
	file, err := w.stdout()
	if err != nil {
		return nil, badParam(param, "standard output: %s", inWords(err))
	}
	return newOutput("standard output", param, file, false, -1), nil
}
