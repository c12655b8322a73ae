package message

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// kind is a type of a kind alone.
func kind(k schema.Kind) *schema.Type { return &schema.Type{Kind: k} }

// optional is a type that may be null.
func optional(t *schema.Type) *schema.Type {
	o := *t
	o.Optional = true
	return &o
}

// A randomSource makes types, and values of them as JSON.
type randomSource struct {
	*rand.Rand
	messages int
	timeless bool // no times: Python's know no nanoseconds
	solid    bool // no empty text, no carriage returns: what CSV can't tell
}

func (r *randomSource) message(depth int) *schema.Message {
	r.messages++
	m := &schema.Message{Name: "M" + strconv.Itoa(r.messages)}
	for i := range r.IntN(9) {
		f := schema.Field{Name: "f" + strconv.Itoa(i), Type: r.typ(depth)}
		if r.IntN(4) == 0 {
			f.As = "field «" + f.Name + "», as it is called outside"
		}
		if r.IntN(4) == 0 {
			f.Default = r.json(f.Type, 2)
		}
		m.Fields = append(m.Fields, f)
	}
	return m
}

func (r *randomSource) typ(depth int) *schema.Type {
	kinds := []schema.Kind{schema.String, schema.Bool, schema.Int, schema.Float, schema.Bytes, schema.Time, schema.Duration, schema.Any, schema.Enum, schema.List, schema.Map, schema.Record}
	t := &schema.Type{Kind: kinds[r.IntN(len(kinds))], Optional: r.IntN(3) == 0}
	if depth == 0 && t.Kind >= schema.List {
		t.Kind = schema.Int
	}
	if r.timeless && t.Kind == schema.Time {
		t.Kind = schema.Duration
	}
	switch t.Kind {
	case schema.Enum:
		t.Enum = &schema.EnumType{Name: "E", Values: []string{"a", "b", "c"}[:1+r.IntN(3)]}
	case schema.List, schema.Map:
		t.Elem = r.typ(depth - 1)
	case schema.Record:
		t.Message = r.message(depth - 1)
	}
	return t
}

// json makes a value of type t, as [JSONWriter] would mean it.
func (r *randomSource) json(t *schema.Type, size int) string {
	if t.Optional && r.IntN(3) == 0 {
		return "null"
	}
	switch t.Kind {
	case schema.String:
		return quoted(r.text())
	case schema.Bool:
		return strconv.FormatBool(r.IntN(2) == 0)
	case schema.Int, schema.Duration:
		return strconv.FormatInt(int64(r.Uint64())>>r.IntN(64), 10)
	case schema.Float:
		return r.float()
	case schema.Bytes:
		return quoted(base64.StdEncoding.EncodeToString([]byte(r.text())))
	case schema.Time:
		return quoted(time.Unix(0, int64(r.Uint64())).UTC().Format(time.RFC3339Nano))
	case schema.Any:
		return r.anything(size)
	case schema.Enum:
		return quoted(t.Enum.Values[r.IntN(len(t.Enum.Values))])
	case schema.List:
		return "[" + r.several(size, func(int) string { return r.json(t.Elem, size-1) }) + "]"
	case schema.Map:
		return "{" + r.several(size, func(i int) string { return quoted(r.text()+strconv.Itoa(i)) + ":" + r.json(t.Elem, size-1) }) + "}"
	}
	_, full := r.object(t.Message, size)
	return full
}

func (r *randomSource) several(size int, each func(i int) string) string {
	var list []string
	for i := range r.IntN(size + 2) {
		list = append(list, each(i))
	}
	return strings.Join(list, ", ")
}

// object makes a message as it may come in, and with all its fields in order.
func (r *randomSource) object(m *schema.Message, size int) (in, full string) {
	var given, all []string
	for _, f := range m.Fields {
		pair := quoted(f.Outside()) + ": "
		if !f.Required() && r.IntN(3) == 0 {
			value := f.Default
			if value == "" {
				value = "null"
			}
			all = append(all, pair+value)
			continue
		}
		value := r.json(f.Type, size)
		given, all = append(given, pair+value), append(all, pair+value)
	}
	if r.IntN(3) == 0 {
		given = append(given, `"nobody knows it": [{}, 1, "x"]`)
	}
	r.Shuffle(len(given), func(i, j int) { given[i], given[j] = given[j], given[i] })
	return "{" + strings.Join(given, ",") + "}", "{" + strings.Join(all, ",") + "}"
}

func (r *randomSource) text() string {
	runes := []rune("abc xyz,;\"\\\n\r\t\x00\x1b\u0085é€😀=")
	b := make([]rune, r.IntN(12))
	for i := range b {
		b[i] = runes[r.IntN(len(runes))]
	}
	if r.solid {
		return strings.ReplaceAll(string(b), "\r", "") + "."
	}
	return string(b)
}

func (r *randomSource) float() string {
	switch r.IntN(8) {
	case 0:
		return []string{`"NaN"`, `"Infinity"`, `"-Infinity"`, "-0", "0.1", "1e-9", "1e300"}[r.IntN(7)]
	case 1:
		return strconv.FormatFloat(math.MaxFloat64*r.Float64(), 'g', -1, 64)
	}
	return strconv.FormatFloat(r.NormFloat64()*100, 'g', -1, 64)
}

func (r *randomSource) anything(size int) string {
	n := r.IntN(7)
	if size <= 0 {
		n = r.IntN(5)
	}
	switch n {
	case 0:
		return "null"
	case 1:
		return "true"
	case 2:
		return quoted(r.text())
	case 3:
		return strconv.FormatInt(int64(r.Uint64())>>r.IntN(64), 10)
	case 4:
		return strconv.FormatFloat(r.NormFloat64(), 'g', -1, 64)
	case 5:
		return "[" + r.several(size, func(int) string { return r.anything(size - 1) }) + "]"
	}
	return "{" + r.several(size, func(i int) string { return quoted(strconv.Itoa(i)) + ":" + r.anything(size-1) }) + "}"
}

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// sameJSON reports whether two texts mean the same, down to the last bit of
// their numbers.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	return slices.Equal(tokens(t, a), tokens(t, b))
}

// tokens splits JSON whose objects have their fields in one order.
func tokens(t *testing.T, text string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var list []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if number, ok := token.(json.Number); ok {
			token = numberToken(number)
		}
		list = append(list, fmt.Sprintf("%T %v", token, token))
	}
}

// numberToken gives whole numbers that a float is exact about as such,
// however they are written, other floats as bits.
func numberToken(n json.Number) any {
	f, err := n.Float64()
	switch {
	case err != nil || !strings.ContainsAny(n.String(), ".eE") && math.Abs(f) < 1e19:
		return n.String()
	case f == math.Trunc(f) && math.Abs(f) < 1e19:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return math.Float64bits(f)
}

func TestRandomMessagesComeBack(t *testing.T) {
	for seed := range uint64(500) {
		r := &randomSource{Rand: rand.New(rand.NewPCG(seed, 12))}
		m := r.message(3)
		reader, writer, validator := NewJSONReader(m), NewJSONWriter(m), NewValidator(m)
		for range 5 {
			in, full := r.object(m, 3)
			dense, err := reader.Append([]byte("before"), []byte(in))
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, in, err)
			}
			payload, ok := bytes.CutPrefix(dense, []byte("before"))
			if !ok {
				t.Fatalf("seed %d: what was there before is gone", seed)
			}
			if err := validator.Validate(payload); err != nil {
				t.Fatalf("seed %d: %s: %v", seed, in, err)
			}
			out, err := writer.Append(nil, payload)
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, in, err)
			}
			if !sameJSON(t, full, string(out)) {
				t.Fatalf("seed %d:\n  in   %s\n  want %s\n  got  %s", seed, in, full, out)
			}
			again, err := reader.Append(nil, out)
			if err != nil || !bytes.Equal(again, payload) {
				t.Fatalf("seed %d: %s comes back as %x, was %x (%v)", seed, out, again, payload, err)
			}
		}
	}
}
