package prove_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A sample is a message of the random filters, as generated code has it.
type sample struct {
	A int64
	B *int64
	X float64
	Y *float64
	P bool
	Q *bool
	S string
	T *string
	E uint8
	F *uint8
}

const sampleText = "message M { a int, b int?, x float, y float?, p bool, q bool?, s string, t string?, e enum(red, green, blue), f enum(red, green, blue)? }\n"

// A condition is a random filter, and what it says of a message, worked out
// here.
type condition struct {
	text   string
	holds  func(m *sample) bool
	opaque bool // what the logic takes as it is written is within
}

// A column is a field: conditions on it, and values that all of those tell
// apart, with all that lies between their constants.
type column struct {
	atom func(r *rand.Rand) condition
	each func(m *sample, yield func())
}

// over sets a field to each of a list of values in turn.
func over[T any](field func(m *sample) *T, values ...T) func(m *sample, yield func()) {
	return func(m *sample, yield func()) {
		for _, v := range values {
			*field(m) = v
			yield()
		}
	}
}

// orNil gives pointers to values, and nil.
func orNil[T any](values []T) []*T {
	list := []*T{nil}
	for _, v := range values {
		list = append(list, &v)
	}
	return list
}

var (
	ints    = []int64{math.MinInt64, -1, 0, 1, 2, 3, 4, math.MaxInt64}
	floats  = []float64{-1, 0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, math.NaN(), math.Inf(1)}
	bools   = []bool{false, true}
	strs    = allWords("Aabc", 3)
	enums   = []uint8{0, 1, 2}
	columns = []column{
		{ordered("a", func(m *sample) *int64 { return &m.A }, "0", "1", "2", "3"), over(func(m *sample) *int64 { return &m.A }, ints...)},
		{ordered("b", func(m *sample) *int64 { return m.B }, "0", "1", "2", "3"), over(func(m *sample) **int64 { return &m.B }, orNil(ints)...)},
		{ordered("x", func(m *sample) *float64 { return &m.X }, "0", "0.5", "1.0", "2"), over(func(m *sample) *float64 { return &m.X }, floats...)},
		{ordered("y", func(m *sample) *float64 { return m.Y }, "0", "0.5", "1.0", "2"), over(func(m *sample) **float64 { return &m.Y }, orNil(floats)...)},
		{flags("p", func(m *sample) *bool { return &m.P }), over(func(m *sample) *bool { return &m.P }, bools...)},
		{flags("q", func(m *sample) *bool { return m.Q }), over(func(m *sample) **bool { return &m.Q }, orNil(bools)...)},
		{words("s", func(m *sample) *string { return &m.S }), over(func(m *sample) *string { return &m.S }, strs...)},
		{words("t", func(m *sample) *string { return m.T }), over(func(m *sample) **string { return &m.T }, orNil(strs)...)},
		{colours("e", func(m *sample) *uint8 { return &m.E }), over(func(m *sample) *uint8 { return &m.E }, enums...)},
		{colours("f", func(m *sample) *uint8 { return m.F }), over(func(m *sample) **uint8 { return &m.F }, orNil(enums)...)},
	}
)

// absent makes conditions about null, for fields that may be.
func absent[T any](r *rand.Rand, name string, field func(m *sample) *T) (condition, bool) {
	if !strings.Contains("byqtf", name) || !chance(r, 15) {
		return condition{}, false
	}
	if chance(r, 50) {
		return condition{text: name + " == nil", holds: func(m *sample) bool { return field(m) == nil }}, true
	}
	return condition{text: name + " != nil", holds: func(m *sample) bool { return field(m) != nil }}, true
}

// ordered makes conditions on numbers.
func ordered[T int64 | float64](name string, field func(m *sample) *T, constants ...string) func(r *rand.Rand) condition {
	value := func(text string) (v T) {
		fmt.Sscan(text, &v)
		return v
	}
	return func(r *rand.Rand) condition {
		if c, ok := absent(r, name, field); ok {
			return c
		}
		text := pick(r, constants...)
		v := value(text)
		test := func(op string, holds func(x T) bool) condition {
			return condition{text: op, holds: func(m *sample) bool { return field(m) != nil && holds(*field(m)) }}
		}
		switch r.IntN(8) {
		case 0:
			return test(name+" < "+text, func(x T) bool { return x < v })
		case 1:
			return test(name+" <= "+text, func(x T) bool { return x <= v })
		case 2:
			return test(name+" > "+text, func(x T) bool { return x > v })
		case 3:
			return test(text+" <= "+name, func(x T) bool { return x >= v })
		case 4:
			return test(name+" == "+text, func(x T) bool { return x == v })
		case 5:
			return condition{text: name + " != " + text, holds: func(m *sample) bool { return field(m) == nil || *field(m) != v }}
		case 6:
			if name == "b" || name == "y" {
				other := pick(r, constants...)
				return condition{text: fmt.Sprintf("(%s ?? %s) > %s", name, other, text), holds: func(m *sample) bool {
					x := value(other)
					if field(m) != nil {
						x = *field(m)
					}
					return x > v
				}}
			}
			fallthrough
		default:
			other := pick(r, constants...)
			w := value(other)
			return test(fmt.Sprintf("%s in [%s, %s]", name, text, other), func(x T) bool { return x == v || x == w })
		}
	}
}

// flags makes conditions on a bool.
func flags(name string, field func(m *sample) *bool) func(r *rand.Rand) condition {
	return func(r *rand.Rand) condition {
		if c, ok := absent(r, name, field); ok {
			return c
		}
		return condition{text: name, holds: func(m *sample) bool { return field(m) != nil && *field(m) }}
	}
}

// words makes conditions on a string.
func words(name string, field func(m *sample) *string) func(r *rand.Rand) condition {
	return func(r *rand.Rand) condition {
		if c, ok := absent(r, name, field); ok {
			return c
		}
		text := pick(r, "", "a", "b", "ab")
		test := func(op string, holds func(x string) bool) condition {
			return condition{text: fmt.Sprintf("%s %s %q", name, op, text), holds: func(m *sample) bool { return field(m) != nil && holds(*field(m)) }}
		}
		switch r.IntN(9) {
		case 0:
			return test("==", func(x string) bool { return x == text })
		case 1:
			return test("<", func(x string) bool { return x < text })
		case 2:
			return test(">=", func(x string) bool { return x >= text })
		case 3:
			return test("startsWith", func(x string) bool { return strings.HasPrefix(x, text) })
		case 4:
			return test("endsWith", func(x string) bool { return strings.HasSuffix(x, text) })
		case 5:
			return test("contains", func(x string) bool { return strings.Contains(x, text) })
		case 6:
			return condition{text: fmt.Sprintf("len(%s) > 1", name), opaque: true, holds: func(m *sample) bool { return field(m) != nil && len(*field(m)) > 1 }}
		case 7:
			return condition{text: fmt.Sprintf("%s != %q", name, text), holds: func(m *sample) bool { return field(m) == nil || *field(m) != text }}
		default:
			return condition{text: fmt.Sprintf(`%s in [%q, "b"]`, name, text), holds: func(m *sample) bool { return field(m) != nil && (*field(m) == text || *field(m) == "b") }}
		}
	}
}

// colours makes conditions on an enum.
func colours(name string, field func(m *sample) *uint8) func(r *rand.Rand) condition {
	values := []string{"red", "green", "blue"}
	return func(r *rand.Rand) condition {
		if c, ok := absent(r, name, field); ok {
			return c
		}
		v, w := uint8(r.IntN(3)), uint8(r.IntN(3))
		switch r.IntN(3) {
		case 0:
			return condition{text: name + " == " + values[v], holds: func(m *sample) bool { return field(m) != nil && *field(m) == v }}
		case 1:
			return condition{text: name + " != " + values[v], holds: func(m *sample) bool { return field(m) == nil || *field(m) != v }}
		default:
			return condition{text: fmt.Sprintf("%s in [%s, %s]", name, values[v], values[w]), holds: func(m *sample) bool {
				return field(m) != nil && (*field(m) == v || *field(m) == w)
			}}
		}
	}
}

// randomCondition makes a filter over some columns.
func randomCondition(r *rand.Rand, of []column, depth int) condition {
	if depth == 0 || chance(r, 20) {
		return pick(r, of...).atom(r)
	}
	a, b := randomCondition(r, of, depth-1), randomCondition(r, of, depth-1)
	opaque := a.opaque || b.opaque
	switch r.IntN(5) {
	case 0, 1:
		return condition{"(" + a.text + " && " + b.text + ")", func(m *sample) bool { return a.holds(m) && b.holds(m) }, opaque}
	case 2, 3:
		return condition{"(" + a.text + " || " + b.text + ")", func(m *sample) bool { return a.holds(m) || b.holds(m) }, opaque}
	default:
		return condition{"!(" + a.text + ")", func(m *sample) bool { return !a.holds(m) }, a.opaque}
	}
}

// allWords gives all words of some letters up to a length.
func allWords(letters string, length int) []string {
	list := []string{"", "abab"}
	last := []string{""}
	for range length {
		var next []string
		for _, word := range last {
			for _, letter := range letters {
				next = append(next, word+string(letter))
			}
		}
		list, last = append(list, next...), next
	}
	return list
}

// An outlet is a port with wires that have filters, and what brute force finds
// out about them.
type outlet struct {
	of        []column
	asks      bool
	filters   []condition
	otherwise bool // one more wire takes the rest

	never, always, shadowed []bool // of each filter
	gap, soundGap           bool   // some message passes none; and one without NaN
	disjoint                bool
}

func randomOutlet(r *rand.Rand) *outlet {
	o := &outlet{asks: chance(r, 50), otherwise: chance(r, 30)}
	long := false
	for _, i := range r.Perm(len(columns))[:1+r.IntN(3)] {
		if text := i == 6 || i == 7; !text || !long { // strings have many values
			o.of = append(o.of, columns[i])
			long = long || text
		}
	}
	for range 1 + r.IntN(4) {
		o.filters = append(o.filters, randomCondition(r, o.of, r.IntN(3)))
	}
	if chance(r, 30) && len(o.filters) > 1 { // a switch
		a, b := o.filters[0], o.filters[1]
		o.filters[1] = condition{"!(" + a.text + ") && " + b.text, func(m *sample) bool { return !a.holds(m) && b.holds(m) }, a.opaque || b.opaque}
	}
	return o
}

// messages gives all messages that the filters tell apart.
func (o *outlet) messages(yield func(m *sample)) {
	var m sample
	var walk func(k int)
	walk = func(k int) {
		if k == len(o.of) {
			yield(&m)
			return
		}
		o.of[k].each(&m, func() { walk(k + 1) })
	}
	walk(0)
}

// enumerate finds out what is so.
func (o *outlet) enumerate() {
	k := len(o.filters)
	o.never, o.always, o.shadowed = slices.Repeat([]bool{true}, k), slices.Repeat([]bool{true}, k), slices.Repeat([]bool{true}, k)
	o.disjoint = true
	o.messages(func(m *sample) {
		passed := 0
		for i, f := range o.filters {
			if f.holds(m) {
				o.never[i] = false
				o.shadowed[i] = o.shadowed[i] && passed > 0
				passed++
			} else {
				o.always[i] = false
			}
		}
		o.disjoint = o.disjoint && passed < 2
		if passed == 0 {
			o.gap = true
			o.soundGap = o.soundGap || !math.IsNaN(m.X) && (m.Y == nil || !math.IsNaN(*m.Y))
		}
	})
}

// text writes the program: the wire of filter i stands on line firstWire+i.
func (o *outlet) text() string {
	var b strings.Builder
	b.WriteString(sampleText + "actor Source { " + either(o.asks, "req out M -> M", "push out M") + " }\nactor Sink { " + either(o.asks, "rep in M -> M", "in in M") + " }\ngraph main {\n  s = Source()\n")
	wires := len(o.filters)
	if o.otherwise {
		wires++
	}
	for i := range wires {
		fmt.Fprintf(&b, "  k%d = Sink()%s", i, either(i == wires-1, "\n", ","))
	}
	for i, f := range o.filters {
		fmt.Fprintf(&b, "  s -> k%d where %s\n", i, f.text)
	}
	if o.otherwise {
		fmt.Fprintf(&b, "  s -> k%d else\n", wires-1)
	}
	b.WriteString("}\n")
	return b.String()
}

const firstWire = 7

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// TestFiltersAgainstBruteForce demands that whatever the compiler says of the
// filters of a port is so for all messages that the filters tell apart, and that
// each message it names as an example reaches nobody. Where it is silent though there
// is something to say, that is counted.
func TestFiltersAgainstBruteForce(t *testing.T) {
	told, missed := map[string]int{}, map[string]int{}
	forSeeds(t, func(t *testing.T, seed uint64, r *rand.Rand) {
		o := randomOutlet(r)
		o.enumerate()
		text := o.text()
		program, found := loadText(text)
		said := map[string]bool{}
		for _, d := range proved(t, seed, text, found) {
			i := d.Span.Start.Line - firstWire
			what, so := o.claim(t, program, d, i)
			if what == "" {
				continue
			}
			told[what]++
			said[fmt.Sprint(what, i)] = true
			if !so {
				t.Errorf("seed %d: this is not so: %s %s: %s\n%s", seed, d.Span, d.Code, d.Message, numbered(text))
			}
		}
		o.missing(said, missed)
	})
	t.Logf("told: %v; not told: %v", told, missed)
}

// claim names what a finding says, and tells whether that is so.
func (o *outlet) claim(t *testing.T, p *model.Program, d diag.Diagnostic, i int) (what string, so bool) {
	switch {
	case d.Code == "OC334" && strings.Contains(d.Message, "never true"):
		return "never", o.never[i]
	case d.Code == "OC334":
		return "always", o.always[i]
	case d.Code == "OC333":
		return "shadowed", o.shadowed[i]
	case d.Code == "OC332":
		return "nobody", o.witness(t, p, d)
	default:
		return "", false
	}
}

// witness tells whether what a finding names as an example is taken by no
// wire: all of it, unless the logic was told something that it doesn't know
// about, and then one message at least.
func (o *outlet) witness(t *testing.T, p *model.Program, d diag.Diagnostic) bool {
	example, _, ok := strings.Cut(strings.TrimPrefix(d.Message, "s.out: "), " reaches nobody")
	if !ok {
		example, _, _ = strings.Cut(strings.TrimPrefix(d.Message, "s.out: "), " is asked of nobody")
	}
	scope := &filter.Scope{Message: p.Graph.Wires[0].From.Port.Message.Message}
	e, problems := filter.Check(example, scope, &schema.Type{Kind: schema.Bool})
	if e == nil {
		t.Errorf("the example %q can't be read: %v", example, problems)
		return false
	}
	compiled, err := e.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	holds, err := compiled.ForStruct(reflect.TypeFor[sample]())
	if err != nil {
		t.Fatal(err)
	}
	taken, left := 0, 0
	o.messages(func(m *sample) {
		if holds.Match(unsafe.Pointer(m), "") {
			if slices.ContainsFunc(o.filters, func(f condition) bool { return f.holds(m) }) {
				taken++
			} else {
				left++
			}
		}
	})
	opaque := slices.ContainsFunc(o.filters, func(f condition) bool { return f.opaque })
	return left > 0 && (taken == 0 || opaque)
}

// missing counts what is so and was not said. That a filter is never true is
// not said again as that it is shadowed.
func (o *outlet) missing(said map[string]bool, missed map[string]int) {
	live := 0
	for i, f := range o.filters {
		because := either(f.opaque, " (conditions the logic doesn't know)", "")
		if !o.never[i] {
			live++
		}
		for what, so := range map[string]bool{"never": o.never[i], "always": o.always[i], "shadowed": o.asks && i > 0 && o.shadowed[i] && !o.never[i]} {
			if so && !said[fmt.Sprint(what, i)] {
				missed[what+because]++
			}
		}
	}
	if !o.gap || o.otherwise || !o.asks && (!o.disjoint || live < 2) || said[fmt.Sprint("nobody", len(o.filters)-1)] {
		return
	}
	opaque := slices.ContainsFunc(o.filters, func(f condition) bool { return f.opaque })
	missed["nobody"+either(!o.soundGap, " (NaN alone)", either(opaque, " (conditions the logic doesn't know)", ""))]++
}
