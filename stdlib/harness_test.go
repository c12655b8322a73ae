package stdlib

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

var (
	number = &schema.Type{Kind: schema.Int}
	str    = &schema.Type{Kind: schema.String}
	item   = &schema.Message{Name: "Item", Fields: []schema.Field{
		{Name: "id", Type: number},
		{Name: "name", Type: str},
		{Name: "price", Type: &schema.Type{Kind: schema.Float, Optional: true}},
	}}
	lineOf = &schema.Message{Name: "Line", Fields: []schema.Field{{Name: "text", Type: str}}}
)

// A stage runs one actor with everything around it in memory.
type stage struct {
	t        *testing.T
	ctx      context.Context
	cancel   context.CancelFunc
	setup    *actor.Setup
	instance *actor.Instance
	world    *world
	message  *schema.Message
	log      bytes.Buffer
	sent     []string // as JSON
	rejected []string
	arrived  chan string    // of a stage that live was called on: what is sent, one by one
	refuse   error          // what sending answers
	before   func()         // called before each message is sent
	place    uint64         // of the source
	start    uint64         // what it finds
	done     [2]uint64      // Size
	tick     chan time.Time // of the world
}

func newStage(t *testing.T, m *schema.Message, params map[string]any) *stage {
	s := &stage{t: t, message: m, tick: make(chan time.Time)}
	info := &actor.Info{Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))}
	s.ctx, s.cancel = context.WithCancel(actor.WithInfo(t.Context(), info))
	s.setup = &actor.Setup{
		Params: params, Messages: map[string]any{"T": m}, Source: s, Reject: s.reject, Replicas: 1, Incarnation: 1,
		Outs: map[string]actor.Sender{"lines": s, "messages": s, "ticks": s, "to": s},
	}
	s.world = &world{
		stdin: func() (*os.File, error) { panic("no input") }, stdout: func() (*os.File, error) { panic("no output") },
		now:   func() time.Time { return time.Unix(0, 0) },
		ticks: func(time.Duration) (<-chan time.Time, func()) { return s.tick, func() {} },
	}
	return s
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// Begin and Send implement [actor.Sender].
func (s *stage) Begin() {}

func (s *stage) Send(ctx context.Context, m actor.Outgoing) error {
	if s.before != nil {
		s.before()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.refuse != nil {
		return s.refuse
	}
	text, err := message.NewJSONWriter(s.message).Append(nil, m.Raw())
	if err != nil {
		return err
	}
	if err := message.Validate(s.message, m.Raw()); err != nil {
		return err
	}
	if s.arrived != nil {
		s.arrived <- string(text)
		return nil
	}
	s.sent = append(s.sent, string(text))
	return nil
}

// Place, Sent and Size implement [actor.Progress].
func (s *stage) Place() uint64           { return s.start }
func (s *stage) Sent(place uint64)       { s.place = place }
func (s *stage) Size(done, total uint64) { s.done = [2]uint64{done, total} }

func (s *stage) reject(_ context.Context, port, where string, reason error, data []byte) {
	text := fmt.Sprintf("%s %s: %v: %.40q", port, where, reason, data)
	s.rejected = append(s.rejected, text)
	if s.arrived != nil {
		s.arrived <- "rejected " + text
	}
}

// make makes the instance.
func (s *stage) make(name string) error {
	var err error
	s.instance, err = actorsIn(s.world)[name](s.setup)
	return err
}

// run makes an actor and runs it to its end as the runtime would.
func (s *stage) run(name string) error {
	if err := s.make(name); err != nil {
		return err
	}
	return s.play()
}

func (s *stage) play() error {
	if h, ok := s.instance.Handler.(actor.Starter); ok {
		if err := h.Start(s.ctx); err != nil {
			return err
		}
	}
	if h, ok := s.instance.Handler.(actor.Runner); ok {
		if err := h.Run(s.ctx); err != nil {
			return err
		}
	}
	if h, ok := s.instance.Handler.(actor.Stopper); ok {
		return h.Stop(s.ctx)
	}
	return nil
}

// give has an in-port handle messages, in JSON.
func (s *stage) give(port string, texts ...string) error {
	r := message.NewJSONReader(s.message)
	for _, text := range texts {
		payload, err := r.Append(nil, []byte(text))
		if err != nil {
			s.t.Fatal(err)
		}
		if err := s.instance.In[port].Message(s.ctx, payload); err != nil {
			return err
		}
	}
	return nil
}

// blamed is the parameter that an error is about, and its text.
func blamed(err error) string {
	if e, ok := err.(*actor.Error); ok && e.Config {
		return e.Param + ": " + err.Error()
	}
	return fmt.Sprint("no parameter: ", err)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
