package stdlib

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

// lineMapper makes an Item of each Line, and fails where the text is empty.
type lineMapper struct{ t *testing.T }

func (m lineMapper) Map(dst, payload []byte) ([]byte, error) {
	text, err := message.NewTextWriter(lineOf).Append(nil, payload)
	if err != nil || len(text) == 0 {
		return dst, errors.New("nothing to map")
	}
	out, err := message.NewJSONReader(item).Append(dst, []byte(`{"id":1,"name":"`+string(text)+`","price":1.5}`))
	if err != nil {
		m.t.Fatal(err)
	}
	return out, nil
}

func TestMap(t *testing.T) {
	s := newStage(t, item, map[string]any{"fields": map[string]any{}})
	s.setup.Mappings = map[string]actor.Mapper{"fields": lineMapper{t}}
	if err := s.make("flow.Map"); err != nil {
		t.Fatal(err)
	}
	for text, fails := range map[string]bool{`{"text":"a"}`: false, `{"text":""}`: true} {
		in, err := message.NewJSONReader(lineOf).Append(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.instance.In["from"].Message(s.ctx, in); (err != nil) != fails {
			t.Errorf("%s: %v", text, err)
		}
	}
	if !slices.Equal(s.sent, []string{first}) {
		t.Errorf("sent %q", s.sent)
	}
}

func TestCount(t *testing.T) {
	s := newStage(t, item, nil)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := start
	s.world.now = func() time.Time { return now }
	if err := s.make("flow.Count"); err != nil {
		t.Fatal(err)
	}
	h := s.instance.Handler.(*counter)
	if err := h.Tick(s.ctx, start.Add(-5*time.Second)); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if err := s.give("messages", first); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Tick(s.ctx, start.Add(5*time.Second)); err != nil {
		t.Fatal(err)
	}
	for range 1170 {
		if err := s.give("messages", first); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Tick(s.ctx, start.Add(15*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := h.Tick(s.ctx, start.Add(25*time.Second)); err != nil {
		t.Fatal(err)
	}
	now = start.Add(30 * time.Second)
	if err := h.Stop(s.ctx); err != nil {
		t.Fatal(err)
	}
	want := `level=INFO msg="counted 30 messages so far, 6 a second" messages=30 bytes=660
level=INFO msg="counted 1,200 messages so far, 117 a second" messages=1200 bytes=26400
level=INFO msg="counted 1,200 messages in all, 40 a second" messages=1200 bytes=26400
`
	if got := s.log.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestCountNothing(t *testing.T) {
	s := newStage(t, item, nil)
	if err := s.run("flow.Count"); err != nil {
		t.Fatal(err)
	}
	if got, want := s.log.String(), "level=INFO msg=\"counted nothing\"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
