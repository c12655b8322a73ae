package message

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// all has every kind of type in it.
var all = func() *schema.Message {
	m := &schema.Message{Name: "All", Fields: []schema.Field{
		{Name: "s", Type: optional(kind(schema.String))}, {Name: "b", Type: kind(schema.Bool)}, {Name: "n", Type: optional(kind(schema.Int))},
		{Name: "l", Type: list(optional(kind(schema.String)))}, {Name: "m", Type: dict(kind(schema.Float))}, {Name: "e", Type: optional(colour)},
		{Name: "a", Type: kind(schema.Any)}, {Name: "d", Type: list(optional(kind(schema.Duration)))}, {Name: "y", Type: kind(schema.Bytes)},
		{Name: "t", Type: optional(kind(schema.Time))},
	}}
	m.Fields = append(m.Fields, schema.Field{Name: "r", Type: optional(&schema.Type{Kind: schema.Record, Message: m})})
	return m
}()

const allJSON = `{"s":"é","b":true,"n":5,"l":["a",null,""],"m":{"k":1.5},"e":"red","a":[1,{"x":"y"}],"d":[1,null],"y":"aGk=","t":null,` +
	`"r":{"s":null,"b":false,"n":null,"l":[],"m":{},"e":null,"a":null,"d":[],"y":"","t":"2018-01-01T00:00:00Z","r":null}}`

func dense(t testing.TB, m *schema.Message, text string) []byte {
	t.Helper()
	payload, err := NewJSONReader(m).Append(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// Whatever is done to an encoding, it is refused or every reader can deal with
// it; and what is right passes.
func TestBrokenEncodings(t *testing.T) {
	payload := dense(t, all, allJSON)
	v := NewValidator(all)
	if err := v.Validate(payload); err != nil {
		t.Fatal(err)
	}
	for n := range payload {
		if v.Validate(payload[:n]) == nil {
			t.Errorf("cut to %d of %d bytes, it passes", n, len(payload))
		}
		readers(t, payload[:n], false)
	}
	if v.Validate(append(bytes.Clone(payload), 0)) == nil {
		t.Error("with a byte behind it passes")
	}
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 10000 {
		broken := bytes.Clone(payload)
		for range 1 + r.IntN(3) {
			broken[r.IntN(len(broken))] = byte(r.Uint32())
		}
		err := v.Validate(broken)
		if err != nil {
			refused++
		}
		readers(t, broken, err == nil)
	}
	if refused < 5000 {
		t.Errorf("of 10000 broken encodings only %d are refused", refused)
	}
}

var (
	allRecord  = compile(all)
	allJSONOut = NewJSONWriter(all)
	allCSVOut  = NewCSVWriter(all)
	allPrinter = NewPrinter(all)
)

// readers has all that reads encodings read payload, which must succeed where
// it is valid.
func readers(t *testing.T, payload []byte, valid bool) {
	t.Helper()
	_, err := allJSONOut.Append(nil, payload)
	_, err2 := allCSVOut.Append(nil, payload)
	_, err3 := allPrinter.Append(nil, payload)
	_, err4 := allRecord.goRecord(payload)
	for _, err := range []error{err, err2, err3, err4} {
		if valid && err != nil {
			t.Fatalf("%x is valid, and can't be read: %v", payload, err)
		}
	}
}

func TestValidatorDoesNotAllocate(t *testing.T) {
	payload, v := dense(t, all, allJSON), NewValidator(all)
	if n := testing.AllocsPerRun(100, func() {
		if v.Validate(payload) != nil {
			t.Fail()
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestReadingDoesNotAllocate(t *testing.T) {
	text := []byte(`{"s":"\u00e9\n","b":true,"n":5,"l":["a",null,""],"m":{"k":1.5,"l":2},"e":"red","a":null,"d":["1s",null],"y":"aGk=","nobody":{"knows":[1]},"t":"2018-01-01T00:00:00Z"}`)
	m := &schema.Message{Name: "NoAny"}
	for _, f := range all.Fields {
		if f.Type.Kind != schema.Any {
			m.Fields = append(m.Fields, f)
		}
	}
	m.Fields = m.Fields[:len(m.Fields)-1]
	r, w := NewJSONReader(m), NewJSONWriter(m)
	var payload, out []byte
	work := func() {
		var err error
		if payload, err = r.Append(payload[:0], text); err != nil {
			t.Fatal(err)
		}
		if out, err = w.Append(out[:0], payload); err != nil {
			t.Fatal(err)
		}
	}
	work()
	if n := testing.AllocsPerRun(100, work); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDense(f *testing.F) {
	f.Add(dense(f, all, allJSON))
	f.Add(dense(f, all, `{"b":false,"l":[null],"m":{"":0},"a":"x","d":[],"y":""}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		valid := Validate(all, payload) == nil
		readers(t, payload, valid)
		if !valid {
			return
		}
		out, err := NewJSONWriter(all).Append(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		// Keys that come twice and floats that have many spellings are settled
		// by the first reading.
		once := dense(t, all, string(out))
		if out, err = NewJSONWriter(all).Append(nil, once); err != nil {
			t.Fatal(err)
		}
		if twice := dense(t, all, string(out)); !bytes.Equal(once, twice) {
			t.Fatalf("%s: %x comes back as %x", out, once, twice)
		}
	})
}
