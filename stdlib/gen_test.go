package stdlib

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/message"
)

func generated(t *testing.T, m *schema.Message, count int64, rate float64, size int64) *stage {
	return newStage(t, m, map[string]any{"count": count, "rate": rate, "size": size})
}

// everyKind is a message with all kinds of fields, itself among them.
var everyKind = func() *schema.Message {
	opt := func(k schema.Kind) *schema.Type { return &schema.Type{Kind: k, Optional: true} }
	m := &schema.Message{Name: "Every", Fields: []schema.Field{
		{Name: "s", Type: opt(schema.String)}, {Name: "b", Type: opt(schema.Bool)}, {Name: "maybe", Type: opt(schema.Int)}, {Name: "n", Type: number},
		{Name: "f", Type: &schema.Type{Kind: schema.Float}}, {Name: "y", Type: opt(schema.Bytes), As: "the bytes"}, {Name: "t", Type: &schema.Type{Kind: schema.Time}},
		{Name: "d", Type: &schema.Type{Kind: schema.Duration}}, {Name: "a", Type: opt(schema.Any)},
		{Name: "e", Type: &schema.Type{Kind: schema.Enum, Enum: &schema.EnumType{Values: []string{"x", "y"}}}},
		{Name: "m", Type: &schema.Type{Kind: schema.Map, Elem: str}},
	}}
	self := &schema.Type{Kind: schema.Record, Message: m, Optional: true}
	m.Fields = append(m.Fields, schema.Field{Name: "r", Type: self}, schema.Field{Name: "l", Type: &schema.Type{Kind: schema.List, Elem: self}})
	return m
}()

func TestMessages(t *testing.T) {
	s := generated(t, everyKind, 600, 0, 0)
	if err := s.run("gen.Messages"); err != nil {
		t.Fatal(err)
	}
	if len(s.sent) != 600 || s.place != 600 {
		t.Fatalf("%d messages, place %d", len(s.sent), s.place)
	}
	values := map[string]map[string]bool{}
	for i, text := range s.sent {
		var fields map[string]any
		if err := json.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["n"] != float64(i) {
			t.Fatalf("message %d has the number %v", i, fields["n"])
		}
		for name, v := range fields {
			if values[name] == nil {
				values[name] = map[string]bool{}
			}
			values[name][fmt.Sprint(v)] = true
		}
	}
	for name, seen := range values {
		if len(seen) < 2 {
			t.Errorf("%s is always %v", name, seen)
		}
	}
	again := generated(t, everyKind, 600, 0, 0)
	if err := again.run("gen.Messages"); err != nil || !slices.Equal(again.sent, s.sent) {
		t.Errorf("another run has other messages (%v)", err)
	}
}

func TestMessagesGoOnAfterRestart(t *testing.T) {
	s := generated(t, item, 10, 0, 0)
	s.start = 7
	if err := s.run("gen.Messages"); err != nil || len(s.sent) != 3 || !strings.HasPrefix(s.sent[0], `{"id":7,`) {
		t.Errorf("%q, %v", s.sent, err)
	}
}

func TestMessagesWithoutEnd(t *testing.T) {
	s := generated(t, item, 0, 0, 0)
	n := 0
	s.before = func() {
		if n++; n == 5000 {
			s.cancel()
		}
	}
	if err := s.run("gen.Messages"); err != nil || n != 5000 {
		t.Errorf("%d messages, %v", n, err)
	}
}

func TestSize(t *testing.T) {
	natural, err := sampleMessages(everyKind, 0)
	if err != nil {
		t.Fatal(err)
	}
	for size, count := range map[int]int{1: sampleCount, 1000: sampleCount, 100_000: 10, 2 << 20: 1} {
		samples, err := sampleMessages(everyKind, size)
		if err != nil || len(samples) != count {
			t.Fatalf("size %d: %d messages, want %d (%v)", size, len(samples), count, err)
		}
		for i, sample := range samples {
			if len(sample) < size || len(sample) > max(size, len(natural[i])+200) {
				t.Errorf("size %d: message %d has %d bytes", size, i, len(sample))
			}
			if err := message.Validate(everyKind, sample); err != nil {
				t.Errorf("size %d: message %d: %v", size, i, err)
			}
		}
	}
	small := &schema.Message{Name: "Small", Fields: []schema.Field{{Name: "n", Type: number}, {Name: "text", Type: str}}}
	samples, err := sampleMessages(small, 64)
	if err != nil || len(samples[0]) != 64 {
		t.Errorf("%d bytes, want 64 (%v)", len(samples[0]), err)
	}
}

func TestRate(t *testing.T) {
	s := generated(t, item, 100, 250, 0)
	if err := s.make("gen.Messages"); err != nil {
		t.Fatal(err)
	}
	if s.instance.Every != 10*time.Millisecond {
		t.Errorf("ticks every %v", s.instance.Every)
	}
	h := s.instance.Handler.(actor.Ticker)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		after time.Duration
		sent  int
		err   error
	}{{0, 1, nil}, {10 * time.Millisecond, 3, nil}, {20 * time.Millisecond, 6, nil}, {20 * time.Millisecond, 6, nil}, {200 * time.Millisecond, 51, nil}, {time.Second, 100, actor.ErrDone}} {
		if err := h.Tick(s.ctx, at.Add(step.after)); err != step.err || len(s.sent) != step.sent {
			t.Errorf("after %v: %d sent, want %d (%v)", step.after, len(s.sent), step.sent, err)
		}
	}
	for rate, want := range map[float64]time.Duration{0.5: 2 * time.Second, 100: 10 * time.Millisecond, 1e6: 10 * time.Millisecond, 1e-9: time.Hour} {
		if got := pace(rate); got != want {
			t.Errorf("%g a second: every %v, want %v", rate, got, want)
		}
	}
}

func TestMessagesErrors(t *testing.T) {
	for _, c := range []struct {
		count int64
		rate  float64
		size  int64
		want  string
	}{
		{-1, 0, 0, "count: -1 is less than 0"},
		{0, -2, 0, "rate: -2 is not between 0 and 1e9 a second"},
		{0, 0, 1 << 30, "size: 1073741824 is not between 0 and 16777216 bytes"},
		{0, 0, 100, "size: Tick has no field of type string or bytes that could be filled up"},
	} {
		s := generated(t, tick, c.count, c.rate, c.size)
		if got := blamed(s.run("gen.Messages")); got != c.want {
			t.Errorf("%+v: %s, want %s", c, got, c.want)
		}
	}
}

var tick = &schema.Message{Name: "Tick", Fields: []schema.Field{{Name: "at", Type: &schema.Type{Kind: schema.Time}}, {Name: "n", Type: number}}}

func TestEvery(t *testing.T) {
	s := newStage(t, tick, map[string]any{"every": 250 * time.Millisecond})
	s.start = 4
	if err := s.make("timer.Every"); err != nil {
		t.Fatal(err)
	}
	if s.instance.Every != 250*time.Millisecond {
		t.Errorf("ticks every %v", s.instance.Every)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 2 {
		if err := s.instance.Handler.(actor.Ticker).Tick(s.ctx, at.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`{"at":"2026-01-01T00:00:00Z","n":5}`, `{"at":"2026-01-01T00:00:01Z","n":6}`}
	if !slices.Equal(s.sent, want) || s.place != 6 {
		t.Errorf("%q, place %d, want %q", s.sent, s.place, want)
	}
	for _, d := range []time.Duration{0, -time.Second, time.Microsecond} {
		s := newStage(t, tick, map[string]any{"every": d})
		if got, want := blamed(s.make("timer.Every")), fmt.Sprintf("every: %v is too short, 1ms is the least", d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
