package syntax

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/ilpomo/opencore/lang/diag"
)

// A kind is one kind of item that may stand in a list.
type kind[S any] struct {
	name  string // wire, as in "in this wire"
	what  string // a wire, as in "where a wire belongs"
	usage string // how it is written; "" where there is nothing to say
	parse func(*lexer.PeekingLexer) (S, error)
	check func(S) *problem // what the grammar can't say; nil if it says all
	ebnf  func() string    // the productions of its grammar
}

// A choice is the kind of the item that comes next. Where the kind is nil, or
// the first word is a misspelled one, problem says so.
type choice[S any] struct {
	kind    *kind[S]
	problem *problem
	// mended is what the first word was meant to be, where that is beyond doubt:
	// the item is read as if it said so. Where the kind is nil the word is to be
	// left out.
	mended string
}

// A table says what may stand in a list of S.
type table[S any] struct {
	open   string // the bracket before the list; "" if there is none
	what   string // an item, in the user's words
	kinds  []*kind[S]
	choose func(lex *lexer.PeekingLexer) choice[S]
	last   func(S) bool // whether nothing may stand behind the item; nil: none is such
	lines  bool         // a broken item goes to the end of the line, not of a comma
}

// grammar holds every table and the parsers of what is no list.
type grammar struct {
	decls            table[Decl]
	fields           table[*Field]
	enumValues       table[*EnumValue]
	params           table[*Param]
	ports            table[*Port]
	statements       table[Statement]
	args             table[*Arg]
	values           table[Value]
	entries          table[*Entry]
	actorSettings    table[ActorSetting]
	portSettings     table[PortSetting]
	instanceSettings table[InstanceSetting]
	wireSettings     table[WireSetting]
	env, secret      *kind[Value]
}

var (
	grammarOnce  sync.Once
	grammarBuilt grammar
)

// parsers gives the grammar. It is built when first asked for: processes that
// only run actors never parse.
func parsers() *grammar {
	grammarOnce.Do(func() { grammarBuilt.build() })
	return &grammarBuilt
}

// tableOf gives the table of a list's items.
func tableOf[S any]() *table[S] {
	g := parsers()
	var t any
	switch any((*S)(nil)).(type) {
	case *Decl:
		t = &g.decls
	case **Field:
		t = &g.fields
	case **EnumValue:
		t = &g.enumValues
	case **Param:
		t = &g.params
	case **Port:
		t = &g.ports
	case *Statement:
		t = &g.statements
	case **Arg:
		t = &g.args
	case *Value:
		t = &g.values
	case **Entry:
		t = &g.entries
	case *ActorSetting:
		t = &g.actorSettings
	case *PortSetting:
		t = &g.portSettings
	case *InstanceSetting:
		t = &g.instanceSettings
	case *WireSetting:
		t = &g.wireSettings
	}
	return t.(*table[S])
}

// allowTrailing lets a parser stop where its item ends.
var allowTrailing = []participle.ParseOption{participle.AllowTrailing(true)}

// kindOf makes the kind that the grammar in T's tags describes. Its parser is
// built when first used.
func kindOf[T, S any](name, what, usage string) *kind[S] {
	parser := sync.OnceValue(func() *participle.Parser[T] {
		return participle.MustBuild[T](
			participle.Lexer(definition{}),
			participle.UseLookahead(0), // or what follows an optional "=" is tried as if "=" were not there
			participle.ParseTypeWith(parseValue),
			participle.ParseTypeWith(parseQueueSize),
		)
	})
	return &kind[S]{
		name: name, what: what, usage: usage,
		parse: func(lex *lexer.PeekingLexer) (S, error) {
			v, err := parser().ParseFromLexer(lex, allowTrailing...)
			return any(v).(S), err
		},
		ebnf: func() string { return parser().String() },
	}
}

// single is the table of a list with one kind of item.
func single[S any](open string, k *kind[S]) table[S] {
	always := choice[S]{kind: k}
	return table[S]{open: open, what: k.what, kinds: []*kind[S]{k},
		choose: func(*lexer.PeekingLexer) choice[S] { return always }}
}

// byKeyword is the table of a list whose items begin with their kind's word.
// The words behind those of the kinds stand elsewhere in an item.
func byKeyword[S any](open, what string, words []string, kinds []*kind[S]) table[S] {
	starts := words[:len(kinds)]
	t := table[S]{open: open, what: what, kinds: kinds}
	t.choose = func(lex *lexer.PeekingLexer) choice[S] {
		first := lex.Peek()
		if i := slices.Index(starts, first.Value); i >= 0 && first.Type == tokenWord {
			return choice[S]{kind: kinds[i]}
		}
		p, mended := unknownWord(first, what, words)
		c := choice[S]{problem: p}
		if !slices.Contains(beforeExprs, mended) {
			c.mended = mended
		}
		if i := slices.Index(starts, c.mended); i >= 0 {
			c.kind = kinds[i]
		}
		if p.hint == "" {
			p.hint = what + " begins with " + oneOf(starts)
		}
		return c
	}
	return t
}

// beforeExprs have an expression behind them, which the scanner has not seen
// behind another word.
var beforeExprs = []string{"where", "topic"}

// unknownWord says that a word begins nothing, and which one may have been
// meant; mended is that one if no other can have been.
func unknownWord(t *lexer.Token, what string, known []string) (p *problem, mended string) {
	p = &problem{code: codeKeyword, token: *t, message: words(t) + " where " + what + " belongs"}
	if t.Type != tokenWord {
		return p, ""
	}
	var d diag.Diagnostic
	near := d.Meant(diag.Meant{Word: t.Value, At: tokenSpan(t), Candidates: known})
	p.hint, p.fixes = d.Hint, d.Fixes
	if len(d.Fixes) == 1 && d.Fixes[0].Sure {
		mended = near
	}
	return p, mended
}

// oneOf lists words as a choice.
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (g *grammar) build() {
	g.buildDecls()
	g.buildStatements()
	g.buildSettings()
	g.fields = single("{", kindOf[Field, *Field]("field", "a field", `name type = default as "name outside"`))
	g.enumValues = single("{", kindOf[EnumValue, *EnumValue]("value", "a value of the enum", ""))
	g.params = single("(", kindOf[Param, *Param]("parameter", "a parameter", "name type = default"))
	g.args = single("(", kindOf[Arg, *Arg]("argument", "an argument", "name: value"))
	g.entries = single("{", kindOf[Entry, *Entry]("entry", "an entry of the map", "name: value"))
	g.values = single("[", &kind[Value]{name: "value", what: "a value", parse: parseValue})
	g.env = kindOf[Env, Value]("value", "a value", `env("NAME") or env("NAME", "default")`)
	g.secret = kindOf[Secret, Value]("value", "a value", `secret("NAME")`)
	port := kindOf[Port, *Port]("port", "a port", "pattern name Type settings")
	g.ports = table[*Port]{open: "{", what: "a port", kinds: []*kind[*Port]{port}, choose: func(lex *lexer.PeekingLexer) choice[*Port] {
		return choosePort(lex, port)
	}}
}

// choosePort looks at the pattern of a port.
func choosePort(lex *lexer.PeekingLexer, port *kind[*Port]) choice[*Port] {
	first := lex.Peek()
	if first.Type != tokenWord {
		return choice[*Port]{problem: port.misplaced(first, "")}
	}
	if isPattern(first.Value) {
		return choice[*Port]{kind: port}
	}
	p, _ := unknownWord(first, "the pattern of a port", patterns)
	if near := diag.DidYouMean(first.Value, patterns); near != "" {
		return choice[*Port]{kind: port, problem: p, mended: near}
	}
	p.hint = "a pattern is " + oneOf(patterns)
	return choice[*Port]{problem: p}
}

func (g *grammar) buildDecls() {
	kinds := []*kind[Decl]{ // in the order of [declarations]
		kindOf[Message, Decl]("message", "a message", "message Name { fields }"),
		kindOf[Actor, Decl]("actor", "an actor", "actor Name(parameters) { ports }"),
		kindOf[Graph, Decl]("graph", "a graph", "graph main { instances and wires }"),
		kindOf[Enum, Decl]("enum", "an enum", "enum Name { values }"),
		kindOf[Const, Decl]("const", "a const", "const name = value"),
		kindOf[Filter, Decl]("filter", "a filter", "filter Name on Message = expression"),
		kindOf[Import, Decl]("import", "an import", `import "file.actors"`),
	}
	g.decls = byKeyword("", "a declaration", declarations, kinds)
	g.decls.lines = true
	exact := g.decls.choose
	g.decls.choose = func(lex *lexer.PeekingLexer) choice[Decl] {
		c := exact(lex)
		if c.kind != nil {
			return c
		}
		near, _ := nearDeclaration(lex.Peek().Value)
		if i := slices.Index(declarations, near); i >= 0 {
			c.kind, c.mended = kinds[i], near
		}
		return c
	}
}

func (g *grammar) buildStatements() {
	instance := kindOf[Instance, Statement]("instance", "an instance", "name = Type(arg: value) settings")
	withParentheses(instance)
	wire := kindOf[Wire, Statement]("wire", "a wire", "from.port -> to.port settings where EXPR")
	wire.check = func(s Statement) *problem { return checkChain(s.(*Wire)) }
	inTwo(wire)
	port := kindOf[Port, Statement]("port", "a port", "pattern name Type settings")
	expose := kindOf[Expose, Statement]("expose", "an expose", `expose instance.port "address" codec json`)
	deliver := kindOf[Deliver, Statement]("deliver", "a deliver", "deliver at_least_once")
	kinds := []*kind[Statement]{instance, wire, port, expose, deliver}
	g.statements = table[Statement]{open: "{", what: "a statement of the graph", kinds: kinds,
		choose: func(lex *lexer.PeekingLexer) choice[Statement] {
			first, second := peekTwo(lex)
			switch {
			case isPunct(second, "=") || looksLikeInstance(lex):
				return choice[Statement]{kind: instance}
			case isPunct(second, "->") || first.Type == tokenPath && !isPunct(second, "("):
				return choice[Statement]{kind: wire}
			case first.Type == tokenPath:
				return choice[Statement]{kind: instance}
			case first.Type == tokenWord:
				return chooseByWord(first, second, kinds)
			}
			return choice[Statement]{problem: unknownStatement(first)}
		}}
}

// looksLikeInstance tells whether a statement is an instance without its "=".
func looksLikeInstance(lex *lexer.PeekingLexer) bool {
	first, second := peekTwo(lex)
	if first.Type != tokenWord || second.Type != tokenWord && second.Type != tokenPath {
		return false
	}
	third := &lex.Range(lex.RawCursor()+2, lex.RawCursor()+3)[0]
	return isPunct(third, "(") || isPunct(third, "<")
}

// chooseByWord looks at a statement that begins with a word, and whose second
// token isn't that of an instance or a wire.
func chooseByWord(first, second *lexer.Token, kinds []*kind[Statement]) choice[Statement] {
	instance, port, expose, deliver := kinds[0], kinds[2], kinds[3], kinds[4]
	switch {
	case isPattern(first.Value):
		return choice[Statement]{kind: port}
	case first.Value == "expose":
		return choice[Statement]{kind: expose}
	case first.Value == "deliver":
		return choice[Statement]{kind: deliver}
	case slices.Contains(declarations, first.Value):
		return choice[Statement]{problem: &problem{code: codeKeyword, token: *first,
			message: words(first) + " where a statement of the graph belongs", hint: "declarations stand outside of graphs, not in one"}}
	case isPunct(second, "("):
		return choice[Statement]{kind: instance}
	}
	return choice[Statement]{problem: unknownStatement(first)}
}

func unknownStatement(t *lexer.Token) *problem {
	p, _ := unknownWord(t, "a statement of the graph", append([]string{"expose", "deliver"}, patterns...))
	if p.hint == "" {
		p.hint = "an instance is written: name = Type(arg: value), a wire: from.port -> to.port"
	}
	return p
}

// withParentheses says of an instance without its parentheses that it lacks
// them.
func withParentheses(instance *kind[Statement]) {
	parse := instance.parse
	instance.parse = func(lex *lexer.PeekingLexer) (Statement, error) {
		start := lex.RawCursor()
		s, err := parse(lex)
		var unexpected *participle.UnexpectedTokenError
		i, ok := s.(*Instance)
		if !ok || i == nil || i.Actor == nil || len(i.Args.Tokens) > 0 || !errors.As(err, &unexpected) || belongs(unexpected.Message()) != `"("` {
			return s, err
		}
		t := unexpected.Unexpected
		if !endsItem(&t) && t.Type != tokenWord {
			return s, err
		}
		return s, &problem{
			code: codeBelongs, span: i.Actor.Span(), message: "an instance without its parentheses",
			hint:  "write " + i.Actor.Text() + "()",
			fixes: []diag.Fix{{Title: "write ()", Sure: true, Edits: []diag.Edit{{Span: tokenBefore(lex, start, &t).After(), New: "()"}}}},
		}
	}
}

// tokenBefore gives the place of the token before another one, which stands
// behind the one that start is at.
func tokenBefore(lex *lexer.PeekingLexer, start lexer.RawCursor, t *lexer.Token) diag.Span {
	for at := start; ; at++ {
		if next := lex.Range(at, at+2); next[1].Pos == t.Pos {
			return tokenSpan(&next[0])
		}
	}
}

// inTwo says of a chain with a filter or a setting in its middle that it is two
// wires.
func inTwo(wire *kind[Statement]) {
	parse := wire.parse
	wire.parse = func(lex *lexer.PeekingLexer) (Statement, error) {
		s, err := parse(lex)
		t := lex.Peek()
		w, ok := s.(*Wire)
		if err != nil || !ok || !isPunct(t, "->") || len(w.Settings.Items) == 0 || len(w.Ends) == 0 {
			return s, err
		}
		last := w.Ends[len(w.Ends)-1]
		first := nodeOf(w.Ends[0]).Tokens[0].Pos
		what := "settings"
		if _, ok := w.Settings.Items[0].(*Where); ok {
			what = "filter"
		}
		p := &problem{code: codeSettings, token: *t, message: "a chain takes no " + what + " in its middle",
			hint: "write two wires, the second from " + last.Instance.Text}
		if last.Port == nil && len(w.Ends) == 2 {
			cut := w.Settings.Span().After()
			cut.End = tokenSpan(t).Start
			p.fixes = []diag.Fix{{Title: "write two wires", Sure: true, Edits: []diag.Edit{
				{Span: cut, New: "\n" + strings.Repeat(" ", max(0, first.Column-1)) + last.Text() + " "},
			}}}
		}
		return s, p
	}
}

// checkChain refuses settings on a chain, since they could be meant for any of
// its wires.
func checkChain(w *Wire) *problem {
	if len(w.Ends) < 3 || len(w.Settings.Items) == 0 {
		return nil
	}
	return &problem{code: codeSettings, span: w.Settings.Span(), message: "settings on a chain of wires",
		hint: "write its wires one by one"}
}

func (g *grammar) buildSettings() {
	g.actorSettings = byKeyword("", "a setting of the actor or {", []string{"endless", "external", "exec"}, []*kind[ActorSetting]{
		kindOf[Endless, ActorSetting]("setting", "a setting", "endless"),
		kindOf[External, ActorSetting]("setting", "a setting", "external"),
		kindOf[Exec, ActorSetting]("setting", "a setting", `exec ["program", "argument"]`),
	})
	g.portSettings = byKeyword("", "a setting of the port", []string{"key", "codec", "bind", "connect", "topic"}, []*kind[PortSetting]{
		kindOf[Key, PortSetting]("setting", "a setting", "key field"),
		kindOf[Codec, PortSetting]("setting", "a setting", "codec json"),
		kindOf[Bind, PortSetting]("setting", "a setting", `bind "tcp://127.0.0.1:7000"`),
		kindOf[Connect, PortSetting]("setting", "a setting", `connect "tcp://127.0.0.1:7000"`),
		kindOf[Topic, PortSetting]("setting", "a setting", "topic EXPR"),
	})
	g.instanceSettings = byKeyword("{", "a setting of the instance", []string{"replicas", "restart", "env", "process"}, []*kind[InstanceSetting]{
		kindOf[Replicas, InstanceSetting]("setting", "a setting", "replicas 4"),
		kindOf[Restart, InstanceSetting]("setting", "a setting", "restart on_failure max 5 in 1m"),
		kindOf[EnvVar, InstanceSetting]("setting", "a setting", `env NAME "value"`),
		kindOf[Process, InstanceSetting]("setting", "a setting", "process name"),
	})
	g.buildWireSettings()
}

func (g *grammar) buildWireSettings() {
	queue := kindOf[Queue, WireSetting]("setting", "a setting", "queue 10_000 block, drop_oldest or drop_newest")
	queue.check = func(s WireSetting) *problem {
		if q := s.(*Queue); q.Size != nil || q.Full != nil {
			return nil
		}
		return &problem{code: codeBelongs, span: s.Span(), message: "a queue without a size or what happens when it is full",
			hint: "a setting is written: " + queue.usage}
	}
	words := []string{"queue", "deliver", "journal", "timeout", "retry", "where", "else", "block", "drop_oldest", "drop_newest"}
	g.wireSettings = byKeyword("{", "a setting of the wire", words, []*kind[WireSetting]{
		queue,
		kindOf[Deliver, WireSetting]("setting", "a setting", "deliver at_least_once"),
		kindOf[Journal, WireSetting]("setting", "a setting", `journal "folder"`),
		kindOf[Timeout, WireSetting]("setting", "a setting", "timeout 200ms"),
		kindOf[Retry, WireSetting]("setting", "a setting", "retry 3"),
		kindOf[Where, WireSetting]("filter", "a filter", "where EXPR"),
		kindOf[Else, WireSetting]("setting", "a setting", "else"),
	})
	exact := g.wireSettings.choose
	g.wireSettings.choose = func(lex *lexer.PeekingLexer) choice[WireSetting] {
		c := exact(lex)
		if t := lex.Peek(); c.problem != nil && slices.Contains(fullWords, t.Value) {
			c.problem.hint = "\"" + t.Value + "\" stands behind the length of the queue: queue 1_000 " + t.Value
			c.mended = t.Value
		}
		return c
	}
	g.wireSettings.last = func(s WireSetting) bool {
		switch s.(type) {
		case *Where, *Else:
			return true
		}
		return false
	}
}
