package build

import (
	"math/rand/v2"
	"reflect"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/interp/build/testdata/oracle"
	"github.com/ilpomo/opencore/interp/build/testdata/sample"
)

// samples makes each message of testdata/sample.
var samples = map[string]func() oracle.Codec{
	"Empty": func() oracle.Codec { return new(sample.Empty) },
	"Point": func() oracle.Codec { return new(sample.Point) },
	"Place": func() oracle.Codec { return new(sample.Place) },
	"Quake": func() oracle.Codec { return new(sample.Quake) },
	"All":   func() oracle.Codec { return new(sample.All) },
	"Maybe": func() oracle.Codec { return new(sample.Maybe) },
	"Lists": func() oracle.Codec { return new(sample.Lists) },
	"Maps":  func() oracle.Codec { return new(sample.Maps) },
	"Tree":  func() oracle.Codec { return new(sample.Tree) },
}

func TestCodecs(t *testing.T) {
	for _, m := range messagesOf(t, sampleMessages) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 300 {
			if problem := oracle.Check(r, m, samples[m.Name]); problem != "" {
				t.Fatalf("%s, round %d: %s differs", m.Name, i, problem)
			}
		}
	}
}

// FuzzDecodeMessage decodes garbage as each of the messages in turn.
func FuzzDecodeMessage(f *testing.F) {
	messages := messagesOf(f, sampleMessages)
	r := rand.New(rand.NewPCG(3, 4))
	for i, m := range messages {
		for range 5 {
			v := samples[m.Name]()
			oracle.Fill(r, m, reflect.ValueOf(v).Elem())
			f.Add(byte(i), v.AppendMessage(nil))
		}
	}
	f.Fuzz(func(t *testing.T, which byte, payload []byte) {
		m := messages[int(which)%len(messages)]
		if problem := oracle.Decode(m, samples[m.Name](), payload); problem != "" {
			t.Errorf("%s: %s differs", m.Name, problem)
		}
	})
}

// Counts that lie must not make anybody allocate.
func TestDecodeAllocatesNoMoreThanIsThere(t *testing.T) {
	lists := sample.Lists{Places: make([]*sample.Place, 1), P: []sample.Point{{X: 1}}}
	payload := lists.AppendMessage(nil)
	for i := range len(payload) - 4 {
		bad := append([]byte(nil), payload...)
		copy(bad[i:], "\xff\xff\xff\x0f")
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		_ = new(sample.Lists).DecodeMessage(bad)
		goruntime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%d bytes are allocated for a count at %d that lies", n, i)
		}
	}
}

func TestZeroTimeIs1970(t *testing.T) {
	var back sample.Quake
	if err := back.DecodeMessage(sample.Quake{}.AppendMessage(nil)); err != nil || !back.At.Equal(time.Unix(0, 0)) {
		t.Errorf("%v, %v", back.At, err)
	}
}

func TestDecodeAllocatesOneString(t *testing.T) {
	payload := quake().AppendMessage(nil)
	var back sample.Quake
	if n := testing.AllocsPerRun(100, func() { _ = back.DecodeMessage(payload) }); n != 3 { // text, felt, alert
		t.Errorf("%v allocations to decode a message with three strings and two optionals", n)
	}
	payload = sample.Point{X: 1}.AppendMessage(nil)
	var point sample.Point
	if n := testing.AllocsPerRun(100, func() { _ = point.DecodeMessage(payload) }); n != 0 {
		t.Errorf("%v allocations to decode fixed fields", n)
	}
	b := make([]byte, 0, 1024)
	q := quake()
	if n := testing.AllocsPerRun(100, func() { b = q.AppendMessage(b[:0]) }); n != 0 {
		t.Errorf("%v allocations to encode", n)
	}
}

func TestEnumText(t *testing.T) {
	var a sample.Alert
	if err := a.UnmarshalText([]byte("orange")); err != nil || a != sample.AlertOrange || a.String() != "orange" {
		t.Errorf("%v, %v", a, err)
	}
	if err := a.UnmarshalText([]byte("pink")); err == nil || !strings.Contains(err.Error(), `"pink" is no Alert`) {
		t.Errorf("error %v", err)
	}
	if text, err := sample.AlertRed.MarshalText(); err != nil || string(text) != "red" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := sample.Alert(4).MarshalText(); err == nil || sample.Alert(4).String() != "Alert(4)" {
		t.Errorf("a value that is none: %v, %v", sample.Alert(4), err)
	}
}

func quake() sample.Quake {
	felt, alert := int64(120), sample.AlertOrange
	return sample.Quake{
		ID: "us1000cbjv", Mag: 4.6, Place: "102km WSW of Kirakira, Solomon Islands", At: time.Unix(1517442000, 0).UTC(),
		Net: "us", Depth: 35.2, Felt: &felt, Alert: &alert,
	}
}

func BenchmarkEncode(b *testing.B) {
	q := quake()
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = q.AppendMessage(buf[:0])
	}
}

func BenchmarkDecode(b *testing.B) {
	payload := quake().AppendMessage(nil)
	b.ReportAllocs()
	for b.Loop() {
		var q sample.Quake
		if err := q.DecodeMessage(payload); err != nil {
			b.Fatal(err)
		}
	}
}
