// Package display is what people see of a run: the log of all actors in one
// stream, progress, what became of the messages, and why a run failed. It is a
// listener of the supervisor's events and decides nothing; it is not for what
// actors print themselves, which goes to standard output without us. Read
// [New], then [Display.Event] and [Display.Result].
package display

import (
	"io"
	"time"

	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Options say how a run is shown.
type Options struct {
	JSON     bool // one object a line; else text
	Color    bool // text in colours
	Terminal bool // w is a terminal: a bar may be drawn
}

// A Display shows one run. Its methods are called by one goroutine.
type Display interface {
	// Event shows what has happened, or ignores it.
	Event(e supervise.Event)
	// Dropped shows how many records of the log are not shown here, because
	// what came before them had not been read; see [Queue].
	Dropped(records int)
	// Result shows how the run came to its end. It is the last to be called.
	Result(r *supervise.Result)
}

// New shows a run of the plan on w. Errors of w are ignored: there is nobody
// left to tell.
func New(w io.Writer, p *spec.Plan, o Options) Display {
	if o.JSON {
		return newRecords(w, p)
	}
	return newText(w, p, o)
}

// ProgressEvery is how often the supervisor should report progress to a
// display with these options.
func (o Options) ProgressEvery() time.Duration {
	if o.Terminal && !o.JSON {
		return barEvery
	}
	return lineEvery
}

const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 10 * time.Second
)
