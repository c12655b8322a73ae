// Package ledger holds actors that tell a test what they do, while it is
// done: each writes one line to a named pipe that the test reads. What has been
// written survives kill -9, and a test waits for it by reading.
//
// The lines are "start NAME PID", "sent ID PID" when Send has returned, "got
// ID PID" before a handler returns, and "stop NAME PID".
package ledger

//go:generate go run ../../../cmd/opencore compile --emit go

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
)

// A teller writes to the test's pipe. Lines are shorter than PIPE_BUF, so
// those of several processes do not mix.
type teller struct {
	name string
	pipe *os.File
}

func (t *teller) open(name, path string) (err error) {
	t.name = name
	if t.pipe, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
		return actor.BadParam("log", err)
	}
	return t.tell("start", name)
}

func (t *teller) tell(what string, about any) error {
	_, err := fmt.Fprintf(t.pipe, "%s %v %d\n", what, about, os.Getpid())
	return err
}

func (t *teller) close() error { return errors.Join(t.tell("stop", t.name), t.pipe.Close()) }

// A series is what a source sends: count items with ids from from on, of so
// many groups in turn, with size bytes besides, pace apart.
type series struct {
	count, from, groups, size int64
	pace                      time.Duration
}

func (s series) send(ctx context.Context, t *teller, out *actor.Out[Item]) error {
	pad := make([]byte, s.size)
	for i := range s.count {
		if err := out.Send(ctx, Item{ID: s.from + i, Group: i % s.groups, Pad: pad}); err != nil {
			return err
		}
		if err := t.tell("sent", s.from+i); err != nil {
			return err
		}
		if err := work(ctx, s.pace); err != nil {
			return err
		}
	}
	return nil
}

// work takes that long, as a model or a disk would.
func work(ctx context.Context, takes time.Duration) error {
	if takes == 0 {
		return nil
	}
	select {
	case <-time.After(takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takesOf is how long the replica at hand takes for a message: if slowOne is
// a path, only the replica that makes the file of that name takes takes.
func takesOf(takes time.Duration, slowOne string) (time.Duration, error) {
	if slowOne == "" {
		return takes, nil
	}
	f, err := os.OpenFile(slowOne, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return 0, nil
	}
	if err != nil {
		return 0, actor.BadParam("slow_one", err)
	}
	if _, err := fmt.Fprint(f, os.Getpid()); err != nil {
		return 0, err
	}
	return takes, f.Close()
}
