package display

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// Records show a run as JSON, one object a line, for programs. Each has time,
// level and msg; what concerns a process has its title as process. msg is one
// of started, listening, crashed, restarting, running, progress, draining, terminating,
// ended, unread, wire, and last of all the outcome: done, stopped or failed. What
// actors log has their own msg, and their attributes as attrs.
type records struct {
	plan    *spec.Plan
	handler slog.Handler
}

func newRecords(w io.Writer, p *spec.Plan) *records {
	return &records{p, slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})}
}

func (r *records) write(at time.Time, level slog.Level, msg string, attrs ...slog.Attr) {
	record := slog.NewRecord(at, level, msg, 0)
	record.AddAttrs(attrs...)
	_ = r.handler.Handle(context.Background(), record)
}

func (r *records) now(level slog.Level, msg string, attrs ...slog.Attr) {
	r.write(time.Now(), level, msg, attrs...)
}

func title(p *spec.Process) slog.Attr { return slog.String("process", p.Title()) }

func took(d time.Duration) slog.Attr { return slog.String("took", d.String()) }

// Event implements [Display].
func (r *records) Event(e supervise.Event) {
	switch e := e.(type) {
	case supervise.Log:
		r.log(e)
	case supervise.Started:
		r.now(slog.LevelInfo, "started", title(e.Process), slog.Uint64("incarnation", uint64(e.Incarnation)), slog.Int("pid", e.PID))
	case supervise.Listening:
		r.now(slog.LevelInfo, "listening", title(e.Process), slog.String("wire", e.Wire.Name), slog.String("endpoint", e.Endpoint))
	case supervise.Running:
		r.now(slog.LevelInfo, "running", took(e.After))
	case supervise.Crashed:
		r.now(slog.LevelError, "crashed", title(e.Process), slog.Uint64("incarnation", uint64(e.Incarnation)),
			slog.Bool("starting", e.Starting), slog.String("reason", e.Reason), slog.String("stack", e.Stack))
	case supervise.Restarting:
		r.now(slog.LevelWarn, "restarting", title(e.Process), slog.Int("restart", e.Restart), slog.Int("max", e.Max), slog.String("in", e.In.String()))
	case supervise.Progress:
		r.now(slog.LevelInfo, "progress", append(totals(e.Totals), slog.Uint64("bytes_done", e.Done), slog.Uint64("bytes", e.Total), took(e.Took))...)
	case supervise.Draining:
		r.now(slog.LevelInfo, "draining", slog.String("why", string(e.Why)), slog.String("within", e.Within.String()))
	case supervise.Terminating:
		r.now(slog.LevelWarn, "terminating", slog.Bool("kill", e.Kill), slog.Any("processes", titles(e.Left)))
	case supervise.Ended:
		r.now(slog.LevelInfo, "ended", title(e.Process))
	}
}

// Dropped implements [Display].
func (r *records) Dropped(n int) {
	r.now(slog.LevelWarn, "unread", slog.Int("records", n))
}

func titles(list []*spec.Process) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Title()
	}
	return out
}

// log writes what an actor logged, or wrote to standard error.
func (r *records) log(l supervise.Log) {
	var level slog.Level
	if level.UnmarshalText([]byte(l.Record.Level)) != nil {
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{title(l.Process)}
	if l.Group != "" {
		attrs = []slog.Attr{slog.String("group", l.Group)}
	}
	if l.Stderr {
		attrs = append(attrs, slog.Bool("stderr", true))
	}
	if len(l.Record.Attrs) > 0 {
		attrs = append(attrs, slog.Any("attrs", l.Record.Attrs))
	}
	r.write(l.Record.Time, level, l.Record.Message, attrs...)
}

func totals(t supervise.Totals) []slog.Attr {
	return []slog.Attr{slog.Uint64("read", t.Read), slog.Uint64("rejected", t.Rejected), slog.Uint64("dropped", t.Dropped), slog.Uint64("lost", t.Lost), slog.Uint64("left", t.Left)}
}

// Result implements [Display].
func (r *records) Result(res *supervise.Result) {
	for i, c := range res.Wires {
		r.now(slog.LevelInfo, "wire", slog.String("wire", r.plan.Wires[i].Name),
			slog.Uint64("offered", c.Offered), slog.Uint64("filtered", c.Filtered), slog.Uint64("dropped", c.Dropped),
			slog.Uint64("delivered", c.Delivered), slog.Uint64("rejected", c.Rejected), slog.Uint64("left", c.Left), slog.Int64("lost", c.Lost))
	}
	level, attrs := slog.LevelInfo, append([]slog.Attr{slog.Int("status", res.Status())}, totals(res.Totals)...)
	if res.Status() != supervise.StatusDone {
		level = slog.LevelError
	}
	if f := res.Failure; f != nil {
		attrs = append(attrs, failure(f)...)
	}
	r.now(level, string(res.Outcome), append(attrs, took(res.Took))...)
}

func failure(f *supervise.Failure) []slog.Attr {
	attrs := []slog.Attr{slog.String("reason", f.Reason), slog.String("place", f.Place), slog.Bool("config", f.Config), slog.Bool("starting", f.Starting)}
	if f.Process != nil {
		attrs = append(attrs, title(f.Process))
	}
	if f.Hint != "" {
		attrs = append(attrs, slog.String("hint", f.Hint))
	}
	if f.Param != "" {
		attrs = append(attrs, slog.String("param", f.Param))
	}
	if f.Stack != "" {
		attrs = append(attrs, slog.String("stack", f.Stack))
	}
	return attrs
}
