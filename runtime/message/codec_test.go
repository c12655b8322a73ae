package message

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/ilpomo/opencore/internal/schema"
)

func codec(t testing.TB, name string, m *schema.Message) Codec {
	t.Helper()
	c, err := NewCodec(name, m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Any message is the same after it has been outside, in every codec.
func TestRandomMessagesThroughCodecs(t *testing.T) {
	for _, name := range []string{"msgpack", "json", "pickle"} {
		for seed := range uint64(200) {
			r := &randomSource{Rand: rand.New(rand.NewPCG(seed, 13))}
			m := r.message(3)
			c, reader := codec(t, name, m), NewJSONReader(m)
			for range 5 {
				in, _ := r.object(m, 3)
				payload, err := reader.Append(nil, []byte(in))
				if err != nil {
					t.Fatalf("seed %d: %s: %v", seed, in, err)
				}
				comesBack(t, c, payload)
			}
		}
	}
}

// comesBack sends a payload out and in again, and gives its form outside.
func comesBack(t testing.TB, c Codec, payload []byte) []byte {
	t.Helper()
	out, err := c.Append([]byte("before"), payload)
	if err != nil {
		t.Fatalf("%T: %x: %v", c, payload, err)
	}
	out, ok := bytes.CutPrefix(out, []byte("before"))
	if !ok {
		t.Fatalf("%T: what was there before is gone", c)
	}
	again, err := c.Parse([]byte("before"), out)
	if err != nil || !bytes.Equal(again, append([]byte("before"), payload...)) {
		t.Fatalf("%T: %q comes back as %q, was %q (%v)", c, out, again, payload, err)
	}
	return out
}

// The bytes are those that vmihailenco's encoder would write.
func TestMessagePackByteForByte(t *testing.T) {
	for seed := range uint64(300) {
		r := &randomSource{Rand: rand.New(rand.NewPCG(seed, 14))}
		m := r.message(3)
		c := NewMessagePack(m)
		in, _ := r.object(m, 3)
		payload := dense(t, m, in)
		got, err := c.Append(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		e := msgpack.NewEncoder(&want)
		e.UseCompactInts(true)
		encodeRecord(t, e, c.record, payload)
		if !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("seed %d: %s is\n%x, want\n%x", seed, in, got, want.Bytes())
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// encodeRecord writes a record with the functions of another library.
func encodeRecord(t *testing.T, e *msgpack.Encoder, r *record, b []byte) {
	must(t, e.EncodeMapLen(len(r.fields)))
	for i, f := range r.fields {
		must(t, e.EncodeString(f.name))
		c, err := r.cell(b, i)
		must(t, err)
		encodeCell(t, e, f.shape, c)
	}
}

func encodeCell(t *testing.T, e *msgpack.Encoder, s *shape, c cell) {
	switch {
	case !c.present:
		must(t, e.EncodeNil())
	case s.kind == schema.Record:
		encodeRecord(t, e, s.record, c.data)
	case s.kind == schema.List:
		l, err := viewList(s.elem, c.data)
		must(t, err)
		must(t, e.EncodeArrayLen(l.count))
		for l.more() {
			c, err := l.cell()
			must(t, err)
			encodeCell(t, e, s.elem, c)
		}
	case s.kind == schema.Map:
		l, err := viewList(s.elem, c.data)
		must(t, err)
		must(t, e.EncodeMapLen(l.count))
		for l.more() {
			key, v, err := s.pair(&l)
			must(t, err)
			must(t, e.EncodeString(string(key)))
			encodeCell(t, e, s.value(), v)
		}
	case s.kind == schema.Any:
		must(t, e.Encode(msgpack.RawMessage(c.data)))
	case s.kind == schema.Duration:
		must(t, e.EncodeInt(int64(c.word())))
	default:
		v, err := s.goValue(c)
		must(t, err)
		must(t, e.Encode(v))
	}
}

func TestMessagePackValues(t *testing.T) {
	for _, c := range []struct {
		typ     *schema.Type
		in, out string // the value of field x
	}{
		{kind(schema.Int), "\xcb\x41\xe0\x00\x00\x00\x00\x00\x00", "\xce\x80\x00\x00\x00"}, // 2^31 as a float
		{kind(schema.Int), "\xca\xbf\x80\x00\x00", "\xff"},
		{kind(schema.Int), "\xd3\x00\x00\x00\x00\x00\x00\x00\x05", "\x05"},
		{kind(schema.Int), "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"},
		{kind(schema.Float), "\x05", "\xcb\x40\x14\x00\x00\x00\x00\x00\x00"},
		{kind(schema.Float), "\xcf\x80\x00\x00\x00\x00\x00\x00\x00", "\xcb\x43\xe0\x00\x00\x00\x00\x00\x00"},
		{kind(schema.Float), "\xca\x3f\xc0\x00\x00", "\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00"},
		{kind(schema.Time), "\xb41970-01-01T00:00:01Z", "\xd6\xff\x00\x00\x00\x01"},
		{kind(schema.Time), "\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01", "\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01"},
		{kind(schema.Time), "\xc7\x0c\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01", "\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01"},
		{kind(schema.Time), "\xc7\x04\xff\x00\x00\x00\x01", "\xd6\xff\x00\x00\x00\x01"},
		{kind(schema.Time), "\xc7\x08\xff\x00\x00\x00\x04\x00\x00\x00\x01", "\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01"},
		{kind(schema.Time), "\xc7\x0c\xff\x3b\x9a\xc9\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\xc7\x0c\xff\x3b\x9a\xc9\xff\xff\xff\xff\xff\xff\xff\xff\xff"},
		{kind(schema.Time), "\xc7\x0c\xff\x08\xa7\xf2\x00\xff\xff\xff\xfd\xda\x3e\x82\xfb", "\xc7\x0c\xff\x08\xa7\xf2\x00\xff\xff\xff\xfd\xda\x3e\x82\xfb"}, // the earliest
		{kind(schema.Duration), "\xa41.5s", "\xce\x59\x68\x2f\x00"},
		{kind(schema.Duration), "\xec", "\xec"},
		{kind(schema.Bytes), "\xc4\x02\xff\x00", "\xc4\x02\xff\x00"},
		{kind(schema.Bool), "\xc3", "\xc3"},
		{colour, "\xa3red", "\xa3red"},
		{optional(kind(schema.Bytes)), "\xc0", "\xc0"},
		{kind(schema.Any), "\xc0", "\xc0"},
		{kind(schema.Any), "\x81\xa1a\xcd\x00\x01", "\x81\xa1a\xcd\x00\x01"},
		{list(kind(schema.Int)), "\xdc\x00\x02\x01\x02", "\x92\x01\x02"},
		{list(optional(kind(schema.Bool))), "\x92\xc0\xc2", "\x92\xc0\xc2"},
		{dict(kind(schema.Int)), "\x83\xa1a\x01\xa1b\x02\xa1a\x03", "\x82\xa1a\x03\xa1b\x02"},
	} {
		m := one(c.typ)
		codec := NewMessagePack(m)
		payload, err := codec.Parse(nil, []byte("\x81\xa1x"+c.in))
		if err != nil {
			t.Errorf("%s: %x: %v", c.typ, c.in, err)
			continue
		}
		must(t, Validate(m, payload))
		out, err := codec.Append(nil, payload)
		if err != nil || string(out) != "\x81\xa1x"+c.out {
			t.Errorf("%s: %x is written as %x, want %x (%v)", c.typ, c.in, out[min(3, len(out)):], c.out, err)
		}
	}
}

func TestMessagePackRefused(t *testing.T) {
	for _, c := range []struct {
		typ      *schema.Type
		in, want string
	}{
		{kind(schema.Int), "\xcf\x80\x00\x00\x00\x00\x00\x00\x00", `field "x": 9223372036854775808 is not an int`},
		{kind(schema.Int), "\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", `field "x": 1.5 is not an int`},
		{kind(schema.Int), "\xcb\x43\x40\x00\x00\x00\x00\x00\x00", `field "x": 9.007199254740992e+15 is not an int`},
		{kind(schema.Int), "\xa15", `field "x": "5" is not an int`},
		{kind(schema.Int), "\xc0", `field "x" is null, and must not be`},
		{kind(schema.Float), "\xc3", `field "x": true is not a float`},
		{kind(schema.Bool), "\x01", `field "x": 1 is not a bool`},
		{kind(schema.String), "\xc4\x01a", `field "x": a value of bytes is not a string`},
		{kind(schema.Bytes), "\xa1a", `field "x": "a" is not bytes`},
		{kind(schema.Time), "\x05", `field "x": 5 is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), "\xc7\x0c\xff\x00\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff", `field "x": a timestamp is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), "\xd7\xff\xee\x6b\x27\xff\xff\xff\xff\xff", `field "x": a timestamp is not a time like "2026-01-31T12:00:00Z"`},
		{kind(schema.Time), "\xc7\x0c\xff\x08\xa7\xf1\xff\xff\xff\xff\xfd\xda\x3e\x82\xfb", `field "x": a timestamp is not a time like "2026-01-31T12:00:00Z"`}, // one before the earliest
		{kind(schema.Duration), "\xd6\xff\x00\x00\x00\x00", `field "x": a timestamp is not a duration (nanoseconds, or text like "1.5s")`},
		{colour, "\xa4pink", `field "x": "pink" is not one of green, yellow, orange, red`},
		{list(kind(schema.Int)), "\x92\x01\xc2", `field "x[1]": false is not an int`},
		{list(kind(schema.Int)), "\x92\x01\xc0", `field "x[1]" is null, and must not be`},
		{list(kind(schema.Int)), "\x80", `field "x": a map is not a list`},
		{dict(kind(schema.Int)), "\x81\xa1k\x90", `field "x.k": a list is not an int`},
	} {
		out, err := NewMessagePack(one(c.typ)).Parse([]byte("before"), []byte("\x81\xa1x"+c.in))
		if message(err) != c.want || string(out) != "before" {
			t.Errorf("%s: %x: %q, %q, want %q", c.typ, c.in, out, message(err), c.want)
		}
	}
	for in, want := range map[string]string{
		"\x80":          `field "x" is missing`,
		"\x81\xa1y\x01": `field "x" is missing`,
		"\x91\x80":      "a list is not a map, as a message must be",
		"\x05":          "5 is not a map, as a message must be",
		"":              "MessagePack: a length goes beyond the end",
	} {
		if _, err := NewMessagePack(point).Parse(nil, []byte(in)); message(err) != want {
			t.Errorf("%x: %q, want %q", in, message(err), want)
		}
	}
}

func TestMessagePackLies(t *testing.T) {
	for _, lie := range lies {
		if _, err := NewMessagePack(all).Parse(nil, []byte(lie)); err == nil {
			t.Errorf("%.20q passes", lie)
		}
		if _, err := OpenBatch([]byte(lie)); err == nil {
			t.Errorf("%.20q passes as a batch", lie)
		}
	}
}

// Small messages with large defaults don't become gigabytes.
func TestDefaultsAreBounded(t *testing.T) {
	item := &schema.Message{Name: "Item", Fields: []schema.Field{{Name: "s", Type: kind(schema.String), Default: `"` + strings.Repeat("x", 1<<16) + `"`}}}
	m := one(list(&schema.Type{Kind: schema.Record, Message: item}))
	in := append([]byte("\x81\xa1x\xdd\x00\x00\x10\x00"), bytes.Repeat([]byte{0x80}, 1<<12)...)
	const want = `longer than 64 MiB`
	if _, err := NewMessagePack(m).Parse(nil, in); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("MessagePack: %v, want %q", err, want)
	}
	text := `{"x":[{}` + strings.Repeat(",{}", 1<<12) + `]}`
	if _, err := codec(t, "json", m).Parse(nil, []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("JSON: %v, want %q", err, want)
	}
}

func TestBatches(t *testing.T) {
	c := NewMessagePack(point)
	data := make([]byte, BatchHead)
	for _, x := range []string{"\x01", "\xc3", "\x03"} {
		data = append(append(data, "\x81\xa1x"...), x...)
	}
	PutBatchHead(data, 3)
	b, err := OpenBatch(data)
	must(t, err)
	var got []string
	for b.Len() > 0 {
		payload, err := c.Next(nil, &b)
		got = append(got, string(payload)+message(err)+string(b.Last()))
	}
	want := []string{
		"\x01\x00\x00\x00\x00\x00\x00\x00\x81\xa1x\x01",
		`field "x": true is not an int` + "\x81\xa1x\xc3",
		"\x03\x00\x00\x00\x00\x00\x00\x00\x81\xa1x\x03",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
	for in, want := range map[string]string{
		"\x81\xa1x\x01": "MessagePack: not an array, as a batch must be",
		"\x92\x80":      "MessagePack: a length goes beyond the end",
		"\x90\x80":      "MessagePack: 1 bytes behind the value",
	} {
		if _, err := OpenBatch([]byte(in)); message(err) != want {
			t.Errorf("%x: %q, want %q", in, message(err), want)
		}
	}
}

func TestBatchesOfBytes(t *testing.T) {
	data := append(AppendBytes([]byte{0xdd, 0, 0, 0, 3}, []byte("one")), 0xa1, 'x')
	data = AppendBytes(data, bytes.Repeat([]byte("x"), 300))
	b, err := OpenBatch(data)
	must(t, err)
	var got []string
	for b.Len() > 0 {
		data, ok := b.Bytes()
		got = append(got, fmt.Sprintf("%s %v %d", data, ok, len(b.Last())))
	}
	want := []string{"one true 5", " false 2", strings.Repeat("x", 300) + " true 303"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRaw(t *testing.T) {
	for _, c := range []struct {
		typ      *schema.Type
		in, want string
	}{
		{kind(schema.Bytes), "\xff\x00", ""},
		{kind(schema.Bytes), "", ""},
		{optional(kind(schema.String)), "é", ""},
		{kind(schema.String), "\xff", "not valid UTF-8"},
	} {
		raw := codec(t, "raw", one(c.typ))
		payload, err := raw.Parse([]byte("before"), []byte(c.in))
		if message(err) != c.want {
			t.Errorf("%s %q: %v, want %q", c.typ, c.in, err, c.want)
		}
		if err == nil {
			must(t, Validate(one(c.typ), payload[len("before"):]))
			comesBack(t, raw, payload[len("before"):])
		}
	}
	for _, m := range []*schema.Message{point, quake, {Name: "None"}, one(list(kind(schema.Bytes)))} {
		if _, err := NewCodec("raw", m); err == nil || !strings.Contains(err.Error(), m.Name) {
			t.Errorf("%s can be sent raw (%v)", m, err)
		}
	}
}

func TestCodecsDoNotAllocate(t *testing.T) {
	for _, name := range []string{"msgpack", "json"} {
		m := one(list(optional(&schema.Type{Kind: schema.Record, Message: quake})))
		payload := dense(t, m, `{"x":[`+quakeJSON+`,null,`+quakeJSON+`]}`)
		c := codec(t, name, m)
		data, err := c.Append(nil, payload)
		must(t, err)
		var out []byte
		if n := testing.AllocsPerRun(100, func() {
			if out, err = c.Append(out[:0], payload); err != nil {
				t.Fatal(err)
			}
			if payload, err = c.Parse(payload[:0], data); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Broken encodings are refused or written, and what is written is read.
func TestCodecsOfBrokenEncodings(t *testing.T) {
	payload := dense(t, all, allJSON)
	r := rand.New(rand.NewPCG(3, 4))
	c := NewMessagePack(all)
	for range 10000 {
		broken := bytes.Clone(payload)
		for range 1 + r.IntN(3) {
			broken[r.IntN(len(broken))] = byte(r.Uint32())
		}
		out, err := c.Append([]byte("before"), broken)
		if err != nil {
			if string(out) != "before" || Validate(all, broken) == nil {
				t.Fatalf("%x: %q, %v", broken, out, err)
			}
			continue
		}
		if _, err := c.Parse(nil, out[len("before"):]); err != nil && Validate(all, broken) == nil {
			t.Fatalf("%x is written as %x: %v", broken, out, err)
		}
	}
}

// FuzzMessagePackCodec reads frames: what is read is valid and comes back.
func FuzzMessagePackCodec(f *testing.F) {
	c := NewMessagePack(all)
	for _, text := range []string{allJSON, `{"b":false,"l":[null],"m":{"":0},"a":"x","d":[],"y":""}`} {
		data, err := c.Append(nil, dense(f, all, text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, lie := range lies[:5] {
		f.Add([]byte(lie))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		payload, err := c.Parse(nil, data)
		if err != nil {
			if len(payload) > 0 || err.Error() == "" {
				t.Fatalf("%x: error %q, payload %x", data, err, payload)
			}
			return
		}
		if err := Validate(all, payload); err != nil {
			t.Fatalf("%x is read as %x: %v", data, payload, err)
		}
		comesBack(t, c, payload)
	})
}

// allocated tells how much memory has ever been allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
