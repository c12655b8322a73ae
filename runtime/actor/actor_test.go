package actor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// A note is a message as the generator would write one.
type note struct{ Text string }

func (n note) AppendMessage(b []byte) []byte { return append(b, n.Text...) }

func (n *note) DecodeMessage(payload []byte) error {
	if len(payload) == 0 {
		return errors.New("empty")
	}
	n.Text = string(payload)
	return nil
}

// A side plays the runtime at one port: it keeps what was sent last.
type side struct {
	held  bool
	last  []byte
	reply string
	err   error
	turns []func()
}

func (s *side) Begin() {
	if s.held {
		panic("taken twice")
	}
	s.held = true
}

func (s *side) Send(ctx context.Context, m Outgoing) error {
	s.last = m.Append(s.last[:0])
	s.held = false
	return s.err
}

func (s *side) Ask(ctx context.Context, m Outgoing) ([]byte, error) {
	return []byte(s.reply), s.Send(ctx, m)
}

func (s *side) Go(ctx context.Context, m Outgoing, done func(context.Context, []byte, error)) error {
	s.turns = append(s.turns, func() { done(ctx, []byte(s.reply), s.err) })
	s.last, s.held = m.Append(s.last[:0]), false
	return nil
}

func (s *side) Reply(ctx context.Context, payload []byte, err error) error {
	s.last, s.err = payload, err
	return nil
}

func TestSubscribe(t *testing.T) {
	if err := Subscribe(t.Context(), "in", "a"); !errors.Is(err, ErrNotWired) {
		t.Errorf("without a runtime: %v", err)
	}
	var got []string
	ctx := WithInfo(t.Context(), &Info{Subscribe: func(port string, prefixes []string) error {
		got = append(got, append([]string{port}, prefixes...)...)
		return nil
	}})
	if err := Subscribe(ctx, "in", "a", "b"); err != nil || !slices.Equal(got, []string{"in", "a", "b"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSend(t *testing.T) {
	s := &side{}
	var out Out[note]
	out.Connect(s)
	if err := out.Send(t.Context(), note{"a"}); err != nil || string(s.last) != "a" || s.held {
		t.Errorf("sent %q, %v, held %v", s.last, err, s.held)
	}
	s.err = errors.New("full")
	if err := out.Send(t.Context(), note{"b"}); err != s.err {
		t.Errorf("error %v", err)
	}
}

func TestSendAllocatesNothing(t *testing.T) {
	s := &side{}
	h := &struct{ Out Out[note] }{}
	h.Out.Connect(s)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { h.Out.Send(ctx, note{"abc"}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNotWired(t *testing.T) {
	var out Out[note]
	var ask Ask[note, note]
	var reply Reply[note]
	_, asked := ask.Ask(t.Context(), note{})
	for name, err := range map[string]error{
		"Send":       out.Send(t.Context(), note{}),
		"Ask":        asked,
		"Go":         ask.Go(t.Context(), note{}, nil),
		"Reply.Send": reply.Send(t.Context(), note{}),
		"Reply.Fail": reply.Fail(t.Context(), nil),
	} {
		if !errors.Is(err, ErrNotWired) || !strings.Contains(err.Error(), "actortest") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAsk(t *testing.T) {
	s := &side{reply: "b"}
	var ask Ask[note, note]
	ask.Connect(s)
	if r, err := ask.Ask(t.Context(), note{"a"}); err != nil || r.Text != "b" || string(s.last) != "a" {
		t.Errorf("%v, %v to %q", r, err, s.last)
	}
	s.reply = ""
	if _, err := ask.Ask(t.Context(), note{"a"}); err == nil {
		t.Error("a reply that can't be decoded is taken")
	}
	s.err = ErrTimeout
	if _, err := ask.Ask(t.Context(), note{"a"}); err != ErrTimeout {
		t.Errorf("error %v", err)
	}
}

func TestGo(t *testing.T) {
	s := &side{reply: "b"}
	var ask Ask[note, note]
	ask.Connect(s)
	var got []string
	done := func(_ context.Context, r note, err error) {
		if err != nil {
			r.Text = err.Error()
		}
		got = append(got, r.Text)
	}
	for range 2 {
		if err := ask.Go(t.Context(), note{"a"}, done); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 0 {
		t.Error("done is called before its turn")
	}
	s.turns[0]()
	s.err = ErrPeerDown
	s.turns[1]()
	if len(got) != 2 || got[0] != "b" || got[1] != ErrPeerDown.Error() {
		t.Errorf("outcomes %q", got)
	}
}

func TestReply(t *testing.T) {
	s := &side{}
	r := NewReply[note](s)
	if err := r.Send(t.Context(), note{"a"}); err != nil || string(s.last) != "a" {
		t.Errorf("%q, %v", s.last, err)
	}
	failure := errors.New("no")
	if err := r.Fail(t.Context(), failure); err != nil || s.err != failure {
		t.Errorf("%v, %v", s.err, err)
	}
}

// Outgoing shows a struct or an encoding, never both: the runtime reads fields
// behind Struct at their offsets.
func TestOutgoing(t *testing.T) {
	for _, r := range []Raw{nil, {}, Raw("a")} {
		out := &Out[Raw]{value: r}
		if out.Raw() == nil || out.Struct() != nil || out.Type() != nil || !bytes.Equal(out.Append(nil), r) {
			t.Errorf("Raw(%q): %q, %v", r, out.Raw(), out.Struct())
		}
	}
	out := &Ask[note, note]{value: note{"a"}}
	if p := out.Struct(); out.Raw() != nil || p != unsafe.Pointer(&out.value) || out.Type() != reflect.TypeFor[note]() || string(out.Append(nil)) != "a" {
		t.Errorf("a struct: %q, %v", out.Raw(), p)
	}
	var r Raw
	if err := r.DecodeMessage([]byte("abc")); err != nil || string(r) != "abc" {
		t.Errorf("%q, %v", r, err)
	}
}

func TestInfo(t *testing.T) {
	var b bytes.Buffer
	info := &Info{Log: slog.New(slog.NewTextHandler(&b, nil))}
	ctx := WithInfo(t.Context(), info)
	info.Topic = "eu"
	if got := Topic(ctx); got != "eu" {
		t.Errorf("topic %q", got)
	}
	Log(ctx).Info("hello")
	if !strings.Contains(b.String(), "hello") {
		t.Errorf("log %q", b.String())
	}
	if Topic(t.Context()) != "" || Log(t.Context()) != slog.Default() {
		t.Error("a plain context has a topic or a log of its own")
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("not there")
	err, ok := errors.AsType[*Error](BadParam("path", cause))
	if !ok || err.Param != "path" || !err.Config || !errors.Is(err, cause) || err.Error() != "not there" {
		t.Errorf("%+v", err)
	}
}

type colour uint8

func (c *colour) UnmarshalText(b []byte) error {
	i := strings.Index("rgb", string(b))
	if len(b) != 1 || i < 0 {
		return errors.New("no such colour")
	}
	*c = colour(i)
	return nil
}

type settings struct {
	Name   string
	Every  time.Duration
	Limit  *float64
	Unset  *int64
	Paint  colour
	Tags   []string
	Shades map[string]colour
	Kept   int64
	Extra  any
}

func TestSetParam(t *testing.T) {
	s := &Setup{Params: map[string]any{
		"name": "x", "every": time.Second, "limit": 1.5, "unset": nil, "paint": "g", "extra": nil,
		"tags": []any{"a", "b"}, "shades": map[string]any{"sky": "b"},
	}}
	h := settings{Kept: 7}
	limit := 1.5
	want := settings{Name: "x", Every: time.Second, Limit: &limit, Paint: 1, Tags: []string{"a", "b"}, Shades: map[string]colour{"sky": 2}, Kept: 7}
	err := errors.Join(
		SetParam(s, "name", &h.Name, As[string]),
		SetParam(s, "every", &h.Every, As[time.Duration]),
		SetParam(s, "limit", &h.Limit, AsOptional(As[float64])),
		SetParam(s, "unset", &h.Unset, AsOptional(As[int64])),
		SetParam(s, "paint", &h.Paint, AsText[colour]),
		SetParam(s, "tags", &h.Tags, AsList(As[string])),
		SetParam(s, "shades", &h.Shades, AsMap(AsText[colour])),
		SetParam(s, "absent", &h.Kept, As[int64]),
		SetParam(s, "extra", &h.Extra, As[any]),
	)
	if err != nil || *h.Limit != *want.Limit {
		t.Fatalf("%+v, %v", h, err)
	}
	h.Limit = want.Limit
	if h.Name != want.Name || h.Every != want.Every || h.Unset != nil || h.Paint != want.Paint || h.Kept != 7 || h.Shades["sky"] != 2 || len(h.Tags) != 2 {
		t.Errorf("%+v, want %+v", h, want)
	}
}

func TestSetParamErrors(t *testing.T) {
	s := &Setup{Params: map[string]any{"n": "x", "list": []any{int64(1), "x"}, "map": map[string]any{"k": "x"}, "word": "x"}}
	var n int64
	var list []int64
	var dict map[string]int64
	var c colour
	for want, err := range map[string]error{
		`parameter "n": string where int64 belongs`: SetParam(s, "n", &n, As[int64]),
		`parameter "list": element 2`:               SetParam(s, "list", &list, AsList(As[int64])),
		`parameter "map": "k"`:                      SetParam(s, "map", &dict, AsMap(As[int64])),
		`parameter "word": no such colour`:          SetParam(s, "word", &c, AsText[colour]),
	} {
		bad, ok := errors.AsType[*Error](err)
		if !ok || !bad.Config || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSetField(t *testing.T) {
	var n int64
	if err := SetField(map[string]any{"n": int64(3)}, "n", &n, As[int64]); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if err := SetField(nil, "n", &n, As[int64]); err != nil || n != 3 {
		t.Errorf("an absent field: %d, %v", n, err)
	}
	if err := SetField(map[string]any{"n": "x"}, "n", &n, As[int64]); err == nil || !strings.Contains(err.Error(), `field "n"`) {
		t.Errorf("a string: %v", err)
	}
}

func BenchmarkSend(b *testing.B) {
	s := &side{}
	h := &struct{ Out Out[note] }{}
	h.Out.Connect(s)
	ctx := b.Context()
	m := note{"abc"}
	b.ReportAllocs()
	for b.Loop() {
		h.Out.Send(ctx, m)
	}
}

func TestByType(t *testing.T) {
	made := ""
	factory := func(name string) Factory {
		return func(*Setup) (*Instance, error) {
			made = name
			return &Instance{}, nil
		}
	}
	f := ByType([]string{"A", "B"}, map[string]Factory{"Quake, timer.Tick": factory("first"), "Quake, Quake": factory("second")})
	if _, err := f(&Setup{Messages: map[string]any{"A": "Quake", "B": "Quake"}}); err != nil || made != "second" {
		t.Errorf("made %q, %v", made, err)
	}
	if _, err := f(&Setup{Messages: map[string]any{"A": "timer.Tick", "B": "Quake"}}); err == nil || !strings.Contains(err.Error(), "timer.Tick, Quake") {
		t.Errorf("error %v", err)
	}
}
