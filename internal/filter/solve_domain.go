package filter

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// A domain is what a term may be: null, NaN, or some value that lies in the
// values of its class and has all traits.
type domain struct {
	null, nan, some bool
	ints            values[int64] // bool, int, time, duration, enum
	floats          values[float64]
	texts           values[string] // string, bytes
	traits          []trait
}

// anything is all that a value of a type may be.
func anything(t *schema.Type) domain {
	d := domain{null: nullable(t), nan: t.Kind == schema.Float, some: !isNil(t)}
	switch t.Kind {
	case schema.Bool:
		d.ints.only = []int64{0, 1}
	case schema.Enum:
		d.ints.only = []int64{}
		for i := range t.Enum.Values {
			d.ints.only = append(d.ints.only, int64(i))
		}
	}
	return d
}

// empty tells that nothing is left.
func (d domain) empty() bool { return !d.null && !d.nan && !d.some }

// A trait is a condition on a string.
type trait struct {
	op     op
	text   string
	test   func(string) bool
	absent bool // it must not have it
}

// has tells whether a string has the trait, or lacks it where it must not have it.
func (t trait) has(s string) bool { return t.test(s) != t.absent }

// demands tells whether the trait is that the text stands there.
func (t trait) demands(o op) bool { return t.op == o && !t.absent }

func restrictInts(v values[int64]) restriction {
	return func(d domain, want bool) domain {
		d.ints = narrow(&d, d.ints, v, want, integers)
		return d
	}
}

func restrictFloats(v values[float64]) restriction {
	return func(d domain, want bool) domain {
		d.floats = narrow(&d, d.floats, v, want, func(v values[float64]) values[float64] { return v })
		d.nan = d.nan && !want // NaN compares with nothing
		return d
	}
}

func restrictStrings(v values[string]) restriction {
	return func(d domain, want bool) domain {
		d.texts = narrow(&d, d.texts, v, want, func(v values[string]) values[string] { return v })
		d.settle()
		return d
	}
}

func restrictText(t trait) restriction {
	return func(d domain, want bool) domain {
		t := t
		t.absent = !want
		d.null = d.null && !want
		d.traits = append(slices.Clip(d.traits), t)
		d.settle()
		return d
	}
}

// narrow keeps of a domain's values what lies in v or, with want false, what
// doesn't; null satisfies no condition.
func narrow[T cmp.Ordered](d *domain, has, v values[T], want bool, normal func(values[T]) values[T]) values[T] {
	if want {
		d.null = false
		has = has.and(v)
	} else {
		has = has.without(v, normal)
	}
	d.some = d.some && !has.empty()
	return has
}

// settle finds out whether the traits of a string leave anything.
func (d *domain) settle() {
	if d.texts.only != nil {
		kept := []string{}
		for _, s := range d.texts.only {
			if d.passes(s) {
				kept = append(kept, s)
			}
		}
		d.texts.only = kept
	}
	if d.texts.empty() || d.belowAll() || d.prefixesClash() || d.traitsClash() {
		d.some = false
	}
}

// belowAll tells that it must be less than "", as no string is.
func (d *domain) belowAll() bool {
	h := d.texts.high
	return h != nil && h.open && h.v == ""
}

// traitsClash tells that a trait must not be there which every string has, or
// every string with another trait that is demanded.
func (d *domain) traitsClash() bool {
	for _, t := range d.traits {
		if t.absent && (t.text == "" && t.op != opMatches || slices.ContainsFunc(d.traits, t.follows)) {
			return true
		}
	}
	return false
}

// follows tells whether a string that has another trait has this one too.
func (t trait) follows(from trait) bool {
	switch {
	case from.absent:
		return false
	case t.op == from.op && t.text == from.text:
		return true
	case from.op != opStartsWith && from.op != opEndsWith && from.op != opContains:
		return false
	case t.op == opContains:
		return strings.Contains(from.text, t.text)
	default:
		return t.op == opEndsWith && from.op == opEndsWith && strings.HasSuffix(from.text, t.text)
	}
}

func (d *domain) passes(s string) bool {
	for _, t := range d.traits {
		if !t.has(s) {
			return false
		}
	}
	return true
}

// prefixesClash tells that no string has all prefixes that are demanded and
// none that must not be.
func (d *domain) prefixesClash() bool {
	longest := d.prefix()
	for _, t := range d.traits {
		if t.op == opStartsWith && strings.HasPrefix(longest, t.text) == t.absent {
			return true
		}
	}
	return false
}

// prefix is the longest prefix that is demanded.
func (d *domain) prefix() string {
	longest := ""
	for _, t := range d.traits {
		if t.demands(opStartsWith) && len(t.text) > len(longest) {
			longest = t.text
		}
	}
	return longest
}

// A bound ends an interval.
type bound[T any] struct {
	v    T
	open bool // v itself lies outside
}

// values is an interval, of which only some elements are in the set, if only
// is not nil, and not those of not.
type values[T cmp.Ordered] struct {
	low, high *bound[T] // nil: no end
	only, not []T
}

// rangeOf gives the values x with x OP v.
func rangeOf[T cmp.Ordered](o op, v T) values[T] {
	switch o {
	case opLess:
		return values[T]{high: &bound[T]{v, true}}
	case opLessEqual:
		return values[T]{high: &bound[T]{v, false}}
	case opGreater:
		return values[T]{low: &bound[T]{v, true}}
	case opGreaterEqual:
		return values[T]{low: &bound[T]{v, false}}
	}
	return values[T]{only: []T{v}}
}

// integers closes the ends: between two ints there is none.
func integers(v values[int64]) values[int64] {
	switch {
	case v.low == nil || !v.low.open:
	case v.low.v == math.MaxInt64:
		v.only = []int64{}
	default:
		v.low = &bound[int64]{v: v.low.v + 1}
	}
	switch {
	case v.high == nil || !v.high.open:
	case v.high.v == math.MinInt64:
		v.only = []int64{}
	default:
		v.high = &bound[int64]{v: v.high.v - 1}
	}
	return v
}

func (v values[T]) has(x T) bool {
	switch {
	case v.low != nil && (x < v.low.v || x == v.low.v && v.low.open):
		return false
	case v.high != nil && (x > v.high.v || x == v.high.v && v.high.open):
		return false
	case v.only != nil && !slices.Contains(v.only, x):
		return false
	}
	return !slices.Contains(v.not, x)
}

// and gives what lies in both.
func (v values[T]) and(w values[T]) values[T] {
	if v.low == nil || w.low != nil && (w.low.v > v.low.v || w.low.v == v.low.v && w.low.open) {
		v.low = w.low
	}
	if v.high == nil || w.high != nil && (w.high.v < v.high.v || w.high.v == v.high.v && w.high.open) {
		v.high = w.high
	}
	v.not = slices.Concat(v.not, w.not)
	switch {
	case v.only == nil && w.only != nil:
		v.only = w.only
	case v.only != nil && w.only != nil:
		v.only = slices.DeleteFunc(slices.Clone(v.only), func(x T) bool { return !slices.Contains(w.only, x) })
	}
	return v.swept()
}

// without gives what does not lie in w, which is a list or has one end.
func (v values[T]) without(w values[T], normal func(values[T]) values[T]) values[T] {
	switch {
	case w.only != nil:
		v.not = slices.Concat(v.not, w.only)
		return v.swept()
	case w.low != nil:
		return v.and(normal(values[T]{high: &bound[T]{w.low.v, !w.low.open}}))
	default:
		return v.and(normal(values[T]{low: &bound[T]{w.high.v, !w.high.open}}))
	}
}

// swept takes from the list what is not in the set.
func (v values[T]) swept() values[T] {
	if v.only != nil {
		v.only = slices.DeleteFunc(slices.Clone(v.only), func(x T) bool { return !v.has(x) })
	}
	return v
}

// empty tells that nothing is in the set, where that is sure.
func (v values[T]) empty() bool {
	switch {
	case v.only != nil:
		return len(v.only) == 0
	case v.low == nil || v.high == nil:
		return false
	case v.low.v == v.high.v:
		return v.low.open || v.high.open || slices.Contains(v.not, v.low.v)
	}
	return v.low.v > v.high.v
}

// describe writes what is left of a term as a condition; "" if that is all.
func (d domain) describe(name string, t *schema.Type) string {
	if !d.some {
		return name + " == nil"
	}
	text := d.describeValue(name, t)
	if nullable(t) && !d.null && !d.demanding(t) {
		return strings.TrimSuffix(name+" != nil && "+text, " && ")
	}
	return text
}

func (d domain) describeValue(name string, t *schema.Type) string {
	spell := func(v any) string { return spellValue(t, v) }
	switch {
	case t.Kind == schema.Bool && len(d.ints.only) == 1 && !(nullable(t) && d.ints.only[0] == 0):
		return strings.Repeat("!", int(1-d.ints.only[0])) + name
	case classOf(t) == nums && len(d.ints.only) > 0 && len(d.ints.only) == len(anything(t).ints.only):
		return ""
	case classOf(t) == nums:
		return describe(name, d.ints, spell)
	case classOf(t) == flts:
		return describe(name, d.floats, spell)
	case classOf(t) == strs:
		return describeText(name, d, spell)
	}
	return ""
}

// demanding tells whether null fails what is said of the value: all but what
// it must not be.
func (d domain) demanding(t *schema.Type) bool {
	switch classOf(t) {
	case nums:
		all := anything(t).ints.only
		return d.ints.demanding() && (all == nil || len(d.ints.only) < len(all))
	case flts:
		return d.floats.demanding()
	case strs:
		return d.texts.demanding() || slices.ContainsFunc(d.traits, func(t trait) bool { return !t.absent })
	}
	return false
}

func (v values[T]) demanding() bool { return v.only != nil || v.low != nil || v.high != nil }

func describe[T cmp.Ordered](name string, v values[T], spell func(any) string) string {
	if v.only != nil {
		if len(v.only) == 1 {
			return name + " == " + spell(v.only[0])
		}
		return name + " in [" + spellAll(v.only, spell) + "]"
	}
	var parts []string
	if v.low != nil && v.high != nil && v.low.v == v.high.v {
		return name + " == " + spell(v.low.v)
	}
	if v.low != nil {
		parts = append(parts, name+choose(v.low.open, " > ", " >= ")+spell(v.low.v))
	}
	if v.high != nil {
		parts = append(parts, name+choose(v.high.open, " < ", " <= ")+spell(v.high.v))
	}
	switch {
	case len(v.not) == 1:
		parts = append(parts, name+" != "+spell(v.not[0]))
	case len(v.not) > 1:
		parts = append(parts, "!("+name+" in ["+spellAll(v.not, spell)+"])")
	}
	return strings.Join(parts, " && ")
}

func spellAll[T any](list []T, spell func(any) string) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = spell(v)
	}
	return strings.Join(words, ", ")
}

var traitWords = map[op]string{opStartsWith: "startsWith", opEndsWith: "endsWith", opContains: "contains", opMatches: "matches"}

func describeText(name string, d domain, spell func(any) string) string {
	parts := []string{}
	if text := describe(name, d.texts, spell); text != "" {
		parts = append(parts, text)
	}
	if d.texts.only != nil {
		return strings.Join(parts, "")
	}
	for _, t := range d.traits {
		text := name + " " + traitWords[t.op] + " " + strconv.Quote(t.text)
		if t.absent {
			text = "!(" + text + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " && ")
}

// spellValue writes a value as the language does.
func spellValue(t *schema.Type, v any) string {
	switch v := exported(constant(required(t), v)).(type) {
	case string:
		if t.Kind == schema.Enum {
			return v
		}
		return strconv.Quote(v)
	case []byte:
		return strconv.Quote(string(v))
	case time.Time:
		return strconv.Quote(v.Format(time.RFC3339Nano))
	case time.Duration:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}
