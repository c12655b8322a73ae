package interp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/ilpomo/opencore/interp/display"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// supervised runs the plan and shows it.
func supervised(app App, o *Options, p *spec.Plan, hash string, values map[string]json.RawMessage) int {
	look := o.look(app.Stderr)
	if term.IsTerminal(int(app.Stdout.Fd())) && supervise.WritesStdout(p) {
		look.Terminal = false // a bar and what actors write would get into each other's lines
	}
	if err := unable(p); err != nil {
		display.Problem(app.Stderr, err, look)
		return statusFailed
	}
	printed, err := o.printed(app)
	if err != nil {
		display.Problem(app.Stderr, err, look)
		return statusFailed
	}
	if printed != app.Stdout {
		defer printed.Close()
	}
	d := display.NewQueue(display.New(app.Stderr, p, look))
	ctx, atOnce, release := stops()
	defer release()
	if o.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.For)
		defer cancel()
	}
	res, err := supervise.Run(ctx, p, hash, supervise.Options{
		Launcher:  &supervise.Exec{Stdin: app.Stdin, Stdout: printed},
		Events:    d.Event,
		Transport: string(o.Transport),
		Values:    values,
		Drain:     max(o.Drain, 1), // 0 would be the default
		Progress:  look.ProgressEvery(),
		AtOnce:    atOnce,
		Measure:   o.Analyze,
	})
	if err != nil {
		d.Close()
		display.Problem(app.Stderr, err, look)
		return statusFailed
	}
	d.Result(res, ctx.Done())
	if err := analyzed(app.Stdout, p, res); err != nil {
		display.Problem(app.Stderr, err, look)
		return statusFailed
	}
	return res.Status()
}

// printed is where actors print: nowhere if the run is for its measurements.
func (o *Options) printed(app App) (*os.File, error) {
	if !o.Analyze {
		return app.Stdout, nil
	}
	return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
}

// analyzed tells the plan with what was measured of it, if anything was.
func analyzed(w io.Writer, p *spec.Plan, res *supervise.Result) error {
	m := res.Measured
	if m == nil {
		return nil
	}
	return plan.Explain(w, p, &plan.Measured{
		Took: res.Took, For: m.Spoke, Read: res.Totals.Read, Processors: runtime.NumCPU(), Used: m.Used,
		Wires: m.Wires, Waiting: m.Waiting, Samples: m.Samples,
	})
}

// unable says what of a plan this release can't run; nil if nothing.
func unable(p *spec.Plan) error {
	for i := range p.Wires {
		w := &p.Wires[i]
		switch {
		case w.Deliver == "at_least_once":
			return fmt.Errorf("%s: this release can't run the wire %s: it has %q, and messages are delivered at most once", w.Place, w.Name, "deliver at_least_once")
		case w.Journal != "":
			return fmt.Errorf("%s: this release can't run the wire %s: it has a journal, and nothing keeps messages yet", w.Place, w.Name)
		}
	}
	return nil
}

// stops turns signals into what they mean for a run: the first SIGINT,
// SIGTERM or SIGHUP ends ctx, the second closes atOnce. SIGPIPE means nothing:
// that nobody reads what we write doesn't end a run. release gives all signals
// back.
func stops() (ctx context.Context, atOnce <-chan struct{}, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	now, done := make(chan struct{}), make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, heeded()...)
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		obey(signals, done, cancel, func() { close(now) })
	}()
	return ctx, now, func() {
		signal.Stop(signals)
		signal.Stop(pipes)
		close(done)
		<-finished
		cancel()
	}
}

// echo is how soon the same signal again is no second one: tools like
// timeout(1) signal a process and then its group. Nobody types that fast.
const echo = 50 * time.Millisecond

// obey calls first at the first signal and second at the second, unless done
// comes before.
func obey(signals <-chan os.Signal, done <-chan struct{}, first, second func()) {
	var said os.Signal
	var at time.Time
	for {
		select {
		case s := <-signals:
			switch {
			case said == nil:
				said, at = s, time.Now()
				first()
			case s != said || time.Since(at) >= echo:
				second()
				return
			}
		case <-done:
			return
		}
	}
}

// heeded gives the signals that stop a run: those that whoever started us
// doesn't want ignored, as nohup does SIGHUP. There is always SIGTERM, for no
// signals at all would mean all to Notify.
func heeded() []os.Signal {
	list := []os.Signal{syscall.SIGTERM}
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			list = append(list, s)
		}
	}
	return list
}

// complete checks that the app has all actors of the plan.
func (a *App) complete(p *spec.Plan) error {
	for _, proc := range p.Processes {
		if _, ok := a.Actors[proc.Actor]; !ok && proc.Exec == nil {
			return fmt.Errorf("this program has no handler for the actor %s of %s; the binary that was built for the plan has", proc.Actor, proc.Place)
		}
	}
	return nil
}
