package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A linesActor is file.Lines.
type linesActor struct {
	world  *world
	file   file
	follow bool
	most   int
	lines  *actor.Out[actor.Raw]
	reject func(ctx context.Context, port, where string, reason error, data []byte)
	source actor.Progress

	in      *input
	reader  *lineReader
	decoder decoder
	payload []byte
}

func (w *world) newLines(s *actor.Setup) (*actor.Instance, error) {
	f, err := fileOf(s)
	if err != nil {
		return nil, err
	}
	a := &linesActor{
		world: w, file: f, follow: param[bool](s, "follow"), most: int(param[int64](s, "max_line")),
		lines: out(s, "lines"), reject: s.Reject, source: s.Source,
	}
	if a.most < 1 || a.most > mostLine {
		return nil, badParam("max_line", "%d is not between 1 and %d bytes", a.most, mostLine)
	}
	if a.follow && f.gzip {
		return nil, badParam("follow", "%s: what is packed can't be followed", f.path)
	}
	a.reader = newLineReader(nil, a.most)
	if a.decoder, err = newDecoder(f.format, messageType(s, "T"), a.reader); err != nil {
		return nil, err
	}
	return &actor.Instance{Handler: a}, nil
}

// mostLine bounds max_line: a message beyond it could not travel.
const mostLine = 32 << 20

// Start implements [actor.Starter].
func (a *linesActor) Start(ctx context.Context) error {
	if a.file.path != standard {
		if a.follow && missing(a.file.path) {
			actor.Log(ctx).Warn("the file is not there yet and is waited for", "path", a.file.path)
			return nil
		}
		in, err := openInput(a.file)
		a.in = in
		return err
	}
	stdin, err := a.world.stdin()
	if err != nil {
		return badParam("path", "standard input: %s", inWords(err))
	}
	info, err := stdin.Stat()
	if err != nil {
		return badParam("path", "standard input: %s", inWords(err))
	}
	a.in, err = newInput(a.file, stdin, uint64(info.Size()))
	return err
}

// Run implements [actor.Runner].
func (a *linesActor) Run(ctx context.Context) error {
	if a.in == nil {
		if err := a.appear(ctx); err != nil || a.in == nil {
			return err
		}
	}
	defer a.in.close()
	if a.follow && a.file.path != standard {
		defer a.in.follow(ctx, a.world, a.file.path)()
	}
	a.in.interruptible(ctx)
	a.reader.source = a.in.data
	err := a.resume()
	for n := 0; err == nil; n++ {
		if n%64 == 0 {
			a.progress()
			if ctx.Err() != nil {
				return nil
			}
		}
		err = a.line(ctx)
	}
	a.progress()
	return a.ended(ctx, err)
}

// appear waits until the file is there and opens it. Without an error and a
// file the wait was ended by ctx.
func (a *linesActor) appear(ctx context.Context) error {
	changed, stop := a.world.changes(ctx, a.file.path)
	defer stop()
	for missing(a.file.path) {
		if changed() != nil {
			return nil
		}
	}
	var err error
	a.in, err = openInput(a.file)
	return err
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// progress tells how far it is; a file that is followed has no end.
func (a *linesActor) progress() {
	if a.follow {
		a.source.Size(a.in.read, 0)
		return
	}
	a.source.Size(a.in.read, a.in.size)
}

// ended tells what Run returns where reading ended with err.
func (a *linesActor) ended(ctx context.Context, err error) error {
	var header headerError
	var failed *actor.Error
	var send sendError
	switch {
	case err == io.EOF, ctx.Err() != nil:
		return nil
	case errors.As(err, &header):
		return badParam("path", "%s: the first row, which has the names of fields: %w", a.file.name("input"), header.error)
	case errors.As(err, &send):
		return send.error
	case errors.As(err, &failed):
		return err
	}
	return broken(a.file.name("input"), a.reader.number, err)
}

// resume goes on where a process before this one has got to. What it had
// taken from standard input is gone.
func (a *linesActor) resume() error {
	place := a.source.Place()
	if place == 0 || a.file.path == standard {
		return nil
	}
	if a.follow && place > a.in.size { // another file has taken its place
		return nil
	}
	err := a.decoder.skip(place)
	if err == errReplaced {
		a.again()
		err = nil
	}
	return err
}

// again begins with a file that has taken the place of the one before.
func (a *linesActor) again() {
	a.reader.again()
	a.decoder.again()
}

// A sendError tells that a message could not be sent from that it could not
// be read.
type sendError struct{ error }

// line reads and sends one message.
func (a *linesActor) line(ctx context.Context) error {
	payload, err := a.decoder.next(a.payload[:0])
	a.payload = payload
	if err == nil {
		if err := a.lines.Send(ctx, payload); err != nil {
			return sendError{err}
		}
	} else if err = a.instead(ctx, err); err != nil {
		return err
	}
	a.source.Sent(a.decoder.place())
	return nil
}

// instead deals with what came instead of a message. An error that it returns
// ends reading.
func (a *linesActor) instead(ctx context.Context, err error) error {
	var m *malformed
	switch {
	case err == errReplaced:
		a.again()
	case errors.As(err, &m):
		a.reject(ctx, "lines", fmt.Sprintf("%s:%d", a.file.name("input"), m.line), m.reason, m.data)
	default:
		return err
	}
	return nil
}
