package filter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A Part is a word in an expression and what it stands for, for tools that
// show it to people.
type Part struct {
	Kind       PartKind
	Name       string
	Start, End int             // bytes of the source; of a value in quotes, without them
	Message    *schema.Message // of a field, the message that has it
	Type       *schema.Type    // of a field or a name; nil if it is not known
	Enum       *schema.EnumType
	Doc        string
}

// A PartKind is what a part is.
type PartKind int

// The kinds of parts.
const (
	FieldPart    PartKind = iota
	NamePart              // a const, a parameter or a named filter
	TopicPart             // the topic of the message
	ValuePart             // one of Enum's
	FunctionPart          // Doc says how it is called
	OperatorPart
	UnknownPart // it means nothing, or nothing that could be made out
)

// Parts gives the words of an expression in their order, as far as it can be
// read: what is wrong with it is for [Check] to say.
func Parts(source string, scope *Scope) []Part {
	r := read(source, scope)
	r.lookAhead()
	return r.parts
}

// A reader goes through the tokens of an expression that may be broken. It
// knows operands by what they begin with, and no precedence.
type reader struct {
	*scanner
	scope *Scope
	parts []Part
	at    map[int]int // the part of a token

	brackets []bracket
	operand  *schema.Type // of the operand that ends before the token at hand; nil if it is not known
	ended    bool         // an operand ends there
	beside   *schema.Type // of the operand on the left of the operator at hand
	values   []int        // parts that may be values of what stands on their right
}

// A bracket is one that is open.
type bracket struct {
	call   string       // the function that it belongs to; "" if none
	first  *schema.Type // of the function's first argument, once it is read
	base   *schema.Type // what is indexed; nil if nothing is
	beside *schema.Type // what stands on the left of the whole bracket
}

func read(source string, scope *Scope) *reader {
	r := &reader{scanner: &scanner{source: source, literals: map[int]*node{}}, scope: scope, at: map[int]int{}}
	r.scan()
	for i := range r.tokens {
		r.token(i)
	}
	return r
}

// token takes the token i.
func (r *reader) token(i int) {
	switch r.tokens[i].kind {
	case word:
		r.word(i)
	case text:
		r.quoted(i)
		r.operand, r.ended = typeString, true
	case numeral:
		r.operand, r.ended = nil, true
	default:
		r.symbol(i)
	}
}

func (r *reader) symbol(i int) {
	switch s := r.text(i); s {
	case ".", "?.":
	case "(", "[", "{":
		r.open(i, s)
	case ")", "]", "}":
		r.close()
	case ",":
		if n := len(r.brackets); n > 0 {
			if b := &r.brackets[n-1]; b.call != "" && b.first == nil {
				b.first = r.operand
			}
			r.beside = r.brackets[n-1].beside
		}
		r.operand, r.ended = nil, false
	case "#":
		r.operand, r.ended = r.element(), true
	default:
		r.operator()
	}
}

// operator ends the operand on its left.
func (r *reader) operator() { r.beside, r.operand, r.ended = r.operand, nil, false }

func (r *reader) open(i int, s string) {
	b := bracket{beside: r.beside}
	switch {
	case s == "(" && i > 0 && r.tokens[i-1].kind == word && functions[r.text(i-1)].usage != "":
		b.call, b.beside = r.text(i-1), nil
	case s == "[" && r.ended:
		b.base, b.beside = r.operand, nil
		if b.base == nil {
			b.base = typeBad
		}
	}
	r.brackets = append(r.brackets, b)
	r.beside, r.operand, r.ended = b.beside, nil, false
}

func (r *reader) close() {
	inner := r.operand
	r.operand, r.ended = nil, true
	n := len(r.brackets)
	if n == 0 {
		return
	}
	b := r.brackets[n-1]
	r.brackets, r.beside = r.brackets[:n-1], b.beside
	switch {
	case b.base != nil && b.base.Elem != nil:
		r.operand = b.base.Elem
	case b.call == "" && b.base == nil:
		r.operand = inner
	}
}

// element is what a condition on the elements of a list is about; nil if it
// is not known.
func (r *reader) element() *schema.Type {
	for _, b := range slices.Backward(r.brackets) {
		if b.call != "" && b.first != nil && b.first.Elem != nil {
			return b.first.Elem
		}
	}
	return nil
}

// word takes a name or an operator that is one.
func (r *reader) word(i int) {
	name := r.text(i)
	p := Part{Kind: UnknownPart, Name: name, Start: r.tokens[i].start, End: r.tokens[i].end}
	switch {
	case i > 0 && r.tokens[i-1].kind == symbol && (r.text(i-1) == "." || r.text(i-1) == "?."):
		of := r.operand
		if !r.ended {
			of = r.element()
		}
		p.field(of)
	case name == "true" || name == "false" || name == "nil":
		p.Kind = OperatorPart
	case reservedWords[name]:
		p.Kind = OperatorPart
		r.add(i, p)
		if name != "not" {
			r.operator()
		}
		return
	case functions[name].usage != "" && (i+1 == len(r.tokens) || r.text(i+1) == "("):
		p.Kind, p.Doc = FunctionPart, functions[name].usage
	default:
		r.bare(&p)
	}
	if p.Kind == UnknownPart && !r.value(&p) {
		r.values = append(r.values, len(r.parts))
	}
	r.add(i, p)
	r.operand, r.ended = p.Type, true
}

func (r *reader) add(i int, p Part) {
	r.at[i] = len(r.parts)
	r.parts = append(r.parts, p)
}

// bare finds what a name means that stands alone.
func (r *reader) bare(p *Part) {
	known, isName := r.scope.Names[p.Name]
	switch {
	case isName:
		p.Kind, p.Type = NamePart, known.Type
	case p.Name == "topic" && r.scope.Topic:
		p.Kind, p.Type = TopicPart, typeString
	case r.scope.Message != nil:
		p.field(&schema.Type{Kind: schema.Record, Message: r.scope.Message})
	}
}

// field makes p the field of that name of a message, if it is one.
func (p *Part) field(of *schema.Type) {
	if of == nil || of.Message == nil {
		return
	}
	if f, ok := of.Message.Field(p.Name); ok {
		p.Kind, p.Message, p.Type, p.Doc = FieldPart, of.Message, f.Type, f.Doc
	}
}

// value makes p a value of the enum on its left, if it is one.
func (r *reader) value(p *Part) bool { return p.value(r.beside) }

func (p *Part) value(t *schema.Type) bool {
	if !isEnum(t) || t.Enum.Index(p.Name) < 0 {
		return false
	}
	p.Kind, p.Enum, p.Type = ValuePart, t.Enum, t
	return true
}

// quoted takes a string, which may be a value of an enum too.
func (r *reader) quoted(i int) {
	name, err := strconv.Unquote(r.text(i))
	t := r.tokens[i]
	if err != nil || len(name) != t.end-t.start-2 {
		return
	}
	p := Part{Kind: UnknownPart, Name: name, Start: t.start + 1, End: t.end - 1}
	if r.value(&p) {
		r.add(i, p)
	}
}

// lookAhead finds values whose enum stands on their right: red == alert.
func (r *reader) lookAhead() {
	for i := range r.tokens {
		n, ok := r.at[i]
		if !ok || !slices.Contains(r.values, n) || i+2 >= len(r.tokens) {
			continue
		}
		if op := r.text(i + 1); op != "==" && op != "!=" {
			continue
		}
		last := i + 2
		for last+2 < len(r.tokens) && r.text(last+1) == "." {
			last += 2
		}
		if n2, ok := r.at[last]; ok {
			r.parts[n].value(r.parts[n2].Type)
		}
	}
}

// The operators that stand behind an operand, by what they want on their
// left.
var (
	orders     = []string{"<", "<=", ">", ">="}
	equalities = []string{"==", "!="}
	arithmetic = []string{"+", "-", "*", "/", "%"}
	textWords  = []string{"contains", "startsWith", "endsWith", "matches"}
	junctions  = []string{"&&", "||"}
)

// Complete gives the words and signs that may stand at the end of source, in
// place of the part of a word that it ends in. Start and End of a part are 0.
func Complete(source string, scope *Scope) []Part {
	prefix := strings.TrimRightFunc(source, alphanumeric)
	r := read(prefix, scope)
	var list []Part
	switch n := len(r.tokens); {
	case n > 0 && r.tokens[n-1].kind == symbol && (r.text(n-1) == "." || r.text(n-1) == "?."):
		of := r.operand
		if !r.ended {
			of = r.element()
		}
		list = fieldsOf(of)
	case r.ended:
		return r.operators()
	default:
		list = r.operands()
	}
	slices.SortStableFunc(list, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return list
}

func fieldsOf(t *schema.Type) []Part {
	if t == nil || t.Message == nil {
		return nil
	}
	var list []Part
	for _, f := range t.Message.Fields {
		list = append(list, Part{Kind: FieldPart, Name: f.Name, Message: t.Message, Type: f.Type, Doc: f.Doc})
	}
	return list
}

// operands are what an operand may begin with.
func (r *reader) operands() []Part {
	var list []Part
	if isEnum(r.beside) {
		for _, v := range r.beside.Enum.Values {
			list = append(list, Part{Kind: ValuePart, Name: v, Enum: r.beside.Enum, Type: r.beside})
		}
	}
	if r.scope.Message != nil {
		list = append(list, fieldsOf(&schema.Type{Kind: schema.Record, Message: r.scope.Message})...)
	}
	for name, n := range r.scope.Names {
		list = append(list, Part{Kind: NamePart, Name: name, Type: n.Type})
	}
	if r.scope.Topic {
		list = append(list, Part{Kind: TopicPart, Name: "topic", Type: typeString})
	}
	for name, f := range functions {
		list = append(list, Part{Kind: FunctionPart, Name: name, Doc: f.usage})
	}
	for _, w := range []string{"true", "false", "nil", "not"} {
		list = append(list, Part{Kind: OperatorPart, Name: w})
	}
	return list
}

// operators are what may stand behind the operand that has ended.
func (r *reader) operators() []Part {
	kind := schema.Any
	if r.operand != nil {
		kind = r.operand.Kind
	}
	var words []string
	switch kind {
	case schema.Bool, schema.Enum, schema.Bytes, schema.List, schema.Map, schema.Record:
		words = slices.Concat(equalities, []string{"in"})
	case schema.String:
		words = slices.Concat(equalities, textWords, []string{"in"}, orders, []string{"+"})
	case schema.Int, schema.Float, schema.Duration, schema.Time:
		words = slices.Concat(equalities, orders, []string{"in"}, arithmetic)
	default:
		words = slices.Concat(equalities, orders, []string{"in"}, arithmetic, textWords)
	}
	words = append(words, junctions...)
	if r.operand != nil && r.operand.Optional {
		words = append(words, "??")
	}
	list := make([]Part, len(words))
	for i, w := range words {
		list[i] = Part{Kind: OperatorPart, Name: w}
	}
	return list
}

// Usage says how a function is called; "" if there is none of that name.
func Usage(function string) string { return functions[function].usage }
