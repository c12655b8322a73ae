package lsp

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ilpomo/opencore/internal/filter"
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/syntax"
)

// Completion offers what may stand at a place. It does not wait until the text
// of this moment has been looked at, which changes with every letter: where it
// stands is told by the text, what there is by the last look.
func (r *request) Completion(ctx context.Context, p *protocol.CompletionParams) (protocol.CompletionResult, error) {
	name := pathOf(p.TextDocument.URI)
	d := r.view.open[name]
	if d == nil || !isProgram(name) || r.laidDown(name) {
		return protocol.CompletionItemSlice{}, nil
	}
	a := r.last(name)
	if a == nil {
		var err error
		if a, err = r.analysis(ctx, r.view, name); err != nil {
			return nil, err
		}
	}
	offset := d.text.offset(p.Position)
	o := &offering{names: a.meanings(), at: syntax.At(d.text.src, offset), file: name}
	o.offer()
	where := d.text.between(offset-len(o.at.Word), offset)
	items := make(protocol.CompletionItemSlice, len(o.list))
	for i, one := range o.list {
		items[i] = one.item(i, where)
	}
	return items, nil
}

// An offer is one thing that may stand at a place.
type offer struct {
	label  string
	insert string // "" for the label
	kind   protocol.CompletionItemKind
	detail string
	doc    string
}

func (o offer) item(order int, where protocol.Range) protocol.CompletionItem {
	text := o.insert
	if text == "" {
		text = o.label
	}
	item := protocol.CompletionItem{
		Label: o.label, Kind: o.kind, SortText: protocol.NewOptional(fmt.Sprintf("%05d", order)),
		TextEdit: &protocol.TextEdit{Range: where, NewText: text},
	}
	if o.detail != "" {
		item.Detail = protocol.NewOptional(o.detail)
	}
	if o.doc != "" {
		item.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: o.doc}
	}
	return item
}

// An offering gathers what may stand at a cursor.
type offering struct {
	*names
	at   syntax.Cursor
	file string // that the cursor is in
	list []offer
}

// around gives the n-th bracket from within: 0 is the innermost.
func (o *offering) around(n int) syntax.Around {
	if i := len(o.at.Around) - 1 - n; i >= 0 {
		return o.at.Around[i]
	}
	return syntax.Around{}
}

// home is the declaration that the cursor is in; nil outside of one.
func (o *offering) home() *symbol {
	if len(o.at.Around) < 2 {
		return nil
	}
	item := o.at.Around[0].Item
	if len(item) < 2 {
		return nil
	}
	for _, s := range o.own.list {
		if s.name == item[1] && kindWords[s.kind] == item[0] && s.whole.File == o.file {
			return s
		}
	}
	return nil
}

func (o *offering) offer() {
	switch top := o.around(0); {
	case o.at.InComment:
	case o.at.InExpr:
		if !o.at.InString {
			o.expression()
		}
	case o.at.InString:
		if len(o.at.Around) == 1 && len(top.Item) > 0 && top.Item[0] == "import" {
			o.files()
		}
	case top.Items == syntax.Declarations:
		o.declaration(top.Item)
	case top.Items == syntax.Ports:
		o.port(top.Item)
	case top.Items == syntax.Fields:
		o.field(top.Item)
	case top.Items == syntax.TypeParts:
		o.types(top.Item)
	case top.Items == syntax.Statements:
		o.statement(top.Item)
	case top.Items == syntax.WireSettings:
		o.wireSettings(top.Item)
	default:
		o.inBrackets(top)
	}
}

// words offers words of the language.
func (o *offering) words(list ...string) {
	for _, w := range list {
		o.list = append(o.list, offer{label: w, kind: protocol.CompletionItemKindKeyword, doc: words[w]})
	}
}

var completionKinds = map[symbolKind]protocol.CompletionItemKind{
	aMessage: protocol.CompletionItemKindStruct, aField: protocol.CompletionItemKindField, anEnum: protocol.CompletionItemKindEnum,
	aValue: protocol.CompletionItemKindEnumMember, aConst: protocol.CompletionItemKindConstant, aFilter: protocol.CompletionItemKindFunction,
	anActor: protocol.CompletionItemKindClass, aGraph: protocol.CompletionItemKindClass, aParam: protocol.CompletionItemKindProperty,
	aPort: protocol.CompletionItemKindInterface, aTypeParam: protocol.CompletionItemKindTypeParameter,
	anInstance: protocol.CompletionItemKindVariable, aPackage: protocol.CompletionItemKindModule,
}

// symbols offers symbols by their bare names.
func (o *offering) symbols(list []*symbol) {
	for _, s := range list {
		if s.name != "" {
			o.list = append(o.list, offer{label: s.name, kind: completionKinds[s.kind], detail: detail(s), doc: s.doc})
		}
	}
}

// detail says in a few words what a symbol is.
func detail(s *symbol) string {
	switch node := s.node.(type) {
	case *syntax.Field:
		return spell(node.Type)
	case *syntax.Param:
		return spell(node.Type)
	case *syntax.Port:
		if node.Pattern != nil {
			return node.Pattern.Text + " " + spell(node.Type)
		}
	case *syntax.Instance:
		if node.Actor != nil && len(node.Actor.Names) > 0 {
			return node.Actor.Text()
		}
	}
	return kindWords[s.kind]
}

// spell writes a type as it is written in programs.
func spell(t *syntax.Type) string {
	text := ""
	switch {
	case t == nil:
		return ""
	case t.List != nil:
		text = "[" + spell(t.List) + "]"
	case t.Map != nil:
		text = "{string: " + spell(t.Map) + "}"
	case t.Enum != nil:
		text = "enum"
	case t.Name != nil && len(t.Name.Names) > 0:
		text = t.Name.Text()
	}
	if t.Optional {
		text += "?"
	}
	return text
}

// declared offers what the program and the packages declare of some kinds; item
// is what stands before, maybe a package with its dot.
func (o *offering) declared(item []string, kinds ...symbolKind) {
	wanted := func(s *symbol) bool { return !slices.Contains(kinds, s.kind) || s.kind == aGraph && s.name == "main" }
	if pack, ok := qualifier(item); ok {
		if p := o.packs[pack]; p != nil {
			o.symbols(slices.DeleteFunc(slices.Clone(p.list), wanted))
		}
		return
	}
	o.symbols(slices.DeleteFunc(slices.Clone(o.own.list), wanted))
	if slices.Contains(kinds, aMessage) {
		o.symbols([]*symbol{rejectedMessage})
	}
	var packs []string
	for name, p := range o.packs {
		if slices.ContainsFunc(p.list, func(s *symbol) bool { return !wanted(s) }) {
			packs = append(packs, name)
		}
	}
	slices.Sort(packs)
	for _, name := range packs {
		o.list = append(o.list, offer{label: name, kind: protocol.CompletionItemKindModule, detail: "package of the standard library"})
	}
}

// qualifier gives what stands before the dot at the end of an item.
func qualifier(item []string) (string, bool) {
	n := len(item)
	if n < 2 || item[n-1] != "." {
		return "", false
	}
	return item[n-2], true
}

func last(item []string) string {
	if len(item) == 0 {
		return ""
	}
	return item[len(item)-1]
}

func (o *offering) declaration(item []string) {
	switch {
	case len(item) == 0:
		o.words(syntax.DeclarationWords...)
	case item[0] == "filter" && (last(item) == "on" || last(item) == "."):
		o.declared(item, aMessage)
	case item[0] == "filter" && len(item) == 2:
		o.words("on")
	case item[0] == "const" && last(item) == "=":
		o.value(nil)
	case item[0] == "actor" && len(item) >= 2:
		o.words("endless", "external", "exec")
	}
}

// scalars are the types of the language.
func (o *offering) scalars() {
	o.words(schema.Scalars()...)
	o.words("enum")
}

func (o *offering) types(item []string) {
	if _, ok := qualifier(item); !ok {
		o.scalars()
	}
	o.declared(item, aMessage, anEnum)
}

// field offers what may stand in a field or a parameter.
func (o *offering) field(item []string) {
	_, dotted := qualifier(item)
	switch {
	case len(item) == 1 || dotted && len(item) <= 3:
		o.types(item)
		if o.around(0).Bracket == "(" {
			o.words("expr")
		}
	case last(item) == "=":
		o.value(o.typeNamed(item[1]))
	case len(item) >= 2 && o.around(0).Bracket == "{":
		o.words("as")
	}
}

// typeNamed gives the enum of a name; nil if it is none.
func (o *offering) typeNamed(name string) *symbol {
	if s := o.own.decls[name]; s != nil && s.kind == anEnum {
		return s
	}
	return nil
}

func (o *offering) port(item []string) {
	_, dotted := qualifier(item)
	switch {
	case len(item) == 0:
		o.words(syntax.Patterns...)
	case len(item) == 2 || dotted || last(item) == "->" || last(item) == "<->":
		if home := o.home(); home != nil && !dotted {
			o.symbols(home.all(aTypeParam))
		}
		o.declared(item, aMessage)
	case len(item) < 2:
	case last(item) == "key":
		o.fields(o.portMessage(item))
	case last(item) == "codec":
		o.words("msgpack", "json", "raw", "pickle")
	default:
		o.words("key", "topic", "codec", "bind", "connect")
	}
}

// portMessage gives the message of the port that an item begins.
func (o *offering) portMessage(item []string) *schema.Message {
	if len(item) < 3 || o.index == nil {
		return nil
	}
	return o.index.Message(item[2])
}

func (o *offering) fields(m *schema.Message) { o.symbols(o.message(m).all(aField)) }

func (o *offering) statement(item []string) {
	home := o.home()
	arrow := slices.Index(item, "->")
	switch {
	case len(item) == 0:
		o.symbols(home.all(anInstance))
		o.symbols(home.all(aPort))
		o.words("expose", "deliver")
		if home != nil && home.name != "main" {
			o.words(syntax.Patterns...)
		}
	case slices.Contains(syntax.Patterns, item[0]) && arrow != 1 && len(item) > 1 && item[1] != "=" && item[1] != ".":
		o.port(item)
	case len(item) > 1 && item[1] == "=":
		o.instance(item)
	case last(item) == "->":
		o.ends(home, false)
	case last(item) == ".":
		o.portsOf(home, item[len(item)-2], arrow < 0 && item[0] != "expose", item[0] == "expose")
	case item[0] == "expose":
		o.expose(home, item)
	case item[0] == "deliver":
		o.words("at_most_once", "at_least_once")
	case arrow > 0:
		o.wireSettings(item)
	}
}

func (o *offering) expose(home *symbol, item []string) {
	switch {
	case len(item) == 1:
		o.symbols(home.all(anInstance))
	case last(item) == "codec":
		o.words("msgpack", "json", "raw", "pickle")
	default:
		o.words("codec")
	}
}

// ends offers the instances that a wire may begin or end at; all if none of
// them may, for then their actors are not known.
func (o *offering) ends(home *symbol, out bool) {
	var list []*symbol
	for _, i := range home.all(anInstance) {
		if actor := o.actorOf(i); actor == nil || slices.ContainsFunc(actor.all(aPort), func(p *symbol) bool { return fits(p, out) }) {
			list = append(list, i)
		}
	}
	o.symbols(list)
	o.symbols(home.all(aPort))
}

// fits reports whether a wire may begin, or end, at a port.
func fits(p *symbol, out bool) bool {
	node, ok := p.node.(*syntax.Port)
	return !ok || node.Pattern == nil || node.Pattern.Text == "pair" || outgoing[node.Pattern.Text] == out
}

func (o *offering) portsOf(home *symbol, instance string, out, both bool) {
	i := home.part(anInstance, instance)
	if i == nil {
		return
	}
	for _, p := range o.actorOf(i).all(aPort) {
		if both || fits(p, out) {
			o.symbols([]*symbol{p})
		}
	}
	if out {
		o.symbols([]*symbol{rejectedPort})
	}
}

func (o *offering) instance(item []string) {
	open := slices.Index(item, "(")
	angle := slices.Index(item, "<")
	switch {
	case open < 0 && angle >= 0:
		o.declared(item[angle:], aMessage)
	case open < 0:
		o.declared(item, anActor, aGraph)
	default:
		o.instanceSettings(item)
	}
}

func (o *offering) instanceSettings(item []string) {
	switch before := last(item); before {
	case "restart":
		o.words("always", "on_failure", "never")
	case "always", "on_failure":
		o.words("max")
		o.words("replicas", "env", "process")
	case "replicas":
		o.value(nil)
	default:
		if n := len(item); n > 1 && item[n-2] == "max" {
			o.list = append(o.list, offer{label: "in", kind: protocol.CompletionItemKindKeyword, doc: periodDoc})
		}
		o.words("replicas", "restart", "env", "process")
	}
}

func (o *offering) wireSettings(item []string) {
	switch last(item) {
	case "queue":
		o.words("block", "drop_oldest", "drop_newest")
	case "deliver":
		o.words("at_most_once", "at_least_once")
	case "timeout":
		o.words("never")
	default:
		if slices.Contains(item, "queue") {
			o.words("block", "drop_oldest", "drop_newest")
		}
		o.words("where", "else", "queue", "timeout", "retry", "deliver", "journal")
	}
}

// inBrackets offers arguments, their values, and settings in a block.
func (o *offering) inBrackets(top syntax.Around) {
	outer := o.around(1)
	instance := outer.Items == syntax.Statements && len(outer.Item) > 2 && outer.Item[1] == "="
	switch {
	case instance && top.Bracket == "{":
		o.instanceSettings(top.Item)
	case instance && top.Bracket == "(":
		o.argument(outer.Item, top.Item)
	case last(top.Item) == ":" || top.Bracket == "[":
		o.value(nil)
	}
}

func (o *offering) argument(instance, item []string) {
	actor := o.actorNamed(strings.Join(instance[2:], ""))
	if len(item) == 0 {
		for _, p := range actor.all(aParam) {
			o.list = append(o.list, offer{label: p.name, insert: p.name + ": ", kind: completionKinds[aParam], detail: detail(p), doc: p.doc})
		}
		return
	}
	if last(item) != ":" {
		return
	}
	param, ok := actor.part(aParam, item[0]).nodeParam()
	if !ok || param.Type == nil {
		o.value(nil)
		return
	}
	if param.Type.Enum != nil {
		for _, v := range param.Type.Enum.Values {
			if v != nil {
				o.list = append(o.list, offer{label: v.Text, kind: protocol.CompletionItemKindEnumMember})
			}
		}
		return
	}
	if spell(param.Type) == "bool" {
		o.words("true", "false")
	}
	o.value(o.typeNamed(spell(param.Type)))
}

// nodeParam gives the declaration of a parameter.
func (s *symbol) nodeParam() (*syntax.Param, bool) {
	if s == nil {
		return nil, false
	}
	p, ok := s.node.(*syntax.Param)
	return p, ok
}

// actorNamed finds an actor or a component; nil if there is none.
func (o *offering) actorNamed(name string) *symbol {
	name, _, _ = strings.Cut(name, "<")
	s := o.own.decls[name]
	if pack, rest, ok := strings.Cut(name, "."); ok && o.packs[pack] != nil {
		s = o.packs[pack].decls[rest]
	}
	if s == nil || s.kind != anActor && s.kind != aGraph {
		return nil
	}
	return s
}

// value offers what a value may be, of an enum if one is wanted.
func (o *offering) value(enum *symbol) {
	o.symbols(enum.all(aValue))
	for _, s := range o.own.list {
		if s.kind == aConst {
			o.symbols([]*symbol{s})
		}
	}
	o.symbols(o.home().all(aParam))
	if enum == nil {
		o.words("env", "secret")
	}
}

// expression offers what may stand in a filter or a topic.
func (o *offering) expression() {
	m, topic := o.exprMessage()
	home := o.home()
	if home != nil && home.kind != aGraph {
		home = nil
	}
	list := filter.Complete(o.at.Expr, o.scope(o.own, home, m, topic))
	slices.SortStableFunc(list, func(a, b filter.Part) int { return rank(a) - rank(b) })
	for _, one := range list {
		o.list = append(o.list, exprOffer(one))
	}
}

// rank puts the values of the enum at hand first.
func rank(o filter.Part) int {
	if o.Kind == filter.ValuePart {
		return 0
	}
	return 1
}

func exprOffer(one filter.Part) offer {
	made := offer{label: one.Name, detail: typeText(one.Type), doc: one.Doc}
	switch one.Kind {
	case filter.FieldPart:
		made.kind = protocol.CompletionItemKindField
	case filter.NamePart:
		made.kind = protocol.CompletionItemKindConstant
	case filter.TopicPart:
		made.kind, made.doc = protocol.CompletionItemKindVariable, exprDocs["topic"]
	case filter.ValuePart:
		made.kind, made.detail = protocol.CompletionItemKindEnumMember, one.Enum.Name
	case filter.FunctionPart:
		made.kind, made.detail, made.doc = protocol.CompletionItemKindFunction, one.Doc, functionDocs[one.Name]
	default:
		made.kind, made.doc = protocol.CompletionItemKindOperator, exprDocs[one.Name]
	}
	return made
}

// exprMessage gives the message that the expression at hand is about.
func (o *offering) exprMessage() (m *schema.Message, topic bool) {
	top := o.around(0)
	if top.Items == syntax.WireSettings {
		top = o.around(1)
	}
	item := top.Item
	switch {
	case len(item) == 0 || o.index == nil:
	case top.Items == syntax.Declarations && len(item) > 3: // filter F on Quake =
		m = o.index.Message(item[3])
	case slices.Contains(syntax.Patterns, item[0]) && len(item) > 2 && item[1] != "->":
		m = o.portMessage(item)
	default:
		if arrow := slices.Index(item, "->"); arrow > 0 {
			return o.sends(o.home(), strings.Join(item[:arrow], ""))
		}
	}
	return m, topic
}

// files offers the programs of the folder for an import.
func (o *offering) files() {
	folder := filepath.FromSlash(path.Dir(o.file))
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // the text is no file yet, or its folder has gone
	}
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(folder, e.Name())); err == nil && info.Mode().IsRegular() && isProgram(e.Name()) {
			o.list = append(o.list, offer{label: e.Name(), kind: protocol.CompletionItemKindFile})
		}
	}
}
