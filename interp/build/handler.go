package build

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A handler is the Go type of an actor while it is compared with the actor.
type handler struct {
	*typed
	actor      *model.Actor
	name       string // of the Go type
	named      *types.Named
	span       diag.Span // of the Go type
	unresolved bool      // it embeds what can't be known, so what is missing may be there
	extras     []types.Object
	meant      map[types.Object]bool // extras that were named in place of what is missing
	list       *diag.List
}

// checkActor compares an actor with its Go type; a generic one for all that
// the graph makes of it.
func checkActor(p *model.Program, t *typed, a *model.Actor, list *diag.List) {
	h := &handler{typed: t, actor: a, name: schema.GoName(a.Name), list: list}
	if !h.find() {
		return
	}
	if len(a.TypeParams) == 0 {
		h.check(nil)
		return
	}
	for _, made := range instantiations(p) {
		if made.actor == a {
			h.instantiate(made)
		}
	}
}

// instantiate checks one instantiation of a generic actor. What another one
// has reported is not said again.
func (h *handler) instantiate(made instantiation) {
	places := placeTypes{}
	var args []types.Type
	for i, name := range made.actor.TypeParams {
		places[name] = made.messages[i]
		args = append(args, h.message(made.messages[i]))
	}
	named, err := types.Instantiate(nil, h.named.Origin(), args, false)
	if err != nil {
		panic("bug: instantiating a handler: " + err.Error())
	}
	one := *h
	one.named = named.(*types.Named)
	var found diag.List
	one.list = &found
	one.check(places)
	for _, d := range found {
		if !slices.ContainsFunc(*h.list, func(e diag.Diagnostic) bool { return e.Code == d.Code && e.Span == d.Span }) {
			*h.list = append(*h.list, d)
		}
	}
}

// find looks for the Go type of the actor, and reports whether it can be a
// handler.
func (h *handler) find() bool {
	obj := h.scope.Lookup(h.name)
	if obj == nil {
		h.missingType()
		return false
	}
	h.span = h.spanOf(obj)
	named, ok := types.Unalias(obj.Type()).(*types.Named)
	if _, isType := obj.(*types.TypeName); !isType || !ok || types.IsInterface(named) {
		h.list.Errorf(codeNotAHandler, h.span, "%q is no type that can be a handler", h.name).
			Note(h.actor.Span, "actor %q is declared here", h.actor.Name).
			Help("make it a struct: type %s struct { … }", h.name)
		return false
	}
	if got, want := named.TypeParams().Len(), len(h.actor.TypeParams); got != want {
		h.list.Errorf(codeNotAHandler, h.span, "%q has %s, actor %q has %d", h.name, count(got, "type parameter"), h.actor.Name, want).
			Note(h.actor.Span, "actor %q is declared here", h.actor.Name)
		return false
	}
	h.named = named
	return true
}

// missingType reports an actor without a Go type, and the type that may have
// been meant.
func (h *handler) missingType() {
	d := h.list.Errorf(codeNoGoType, h.actor.Span, "actor %q has no Go type: package %q declares no %q", h.actor.Name, h.goPackage.name, h.name)
	var names []string
	for _, name := range h.scope.Names() {
		if obj, ok := h.scope.Lookup(name).(*types.TypeName); ok && !h.isGenerated(obj) {
			names = append(names, name)
		}
	}
	if near := diag.DidYouMean(h.name, names); near != "" {
		d.Note(h.spanOf(h.scope.Lookup(near)), "%q is here", near).Help("if that is what you mean, rename it to %q", h.name)
		return
	}
	d.Help("add it: %s", skeleton(h.actor))
}

// isGenerated reports whether an object is of a generated file.
func (h *handler) isGenerated(obj types.Object) bool {
	return strings.HasSuffix(h.fset.Position(obj.Pos()).Filename, generatedSuffix)
}

// spanOf gives the place of an object's name.
func (h *handler) spanOf(obj types.Object) diag.Span {
	return h.goPackage.span(obj.Pos(), len(obj.Name()))
}

// check compares parameters, ports and the methods that Go calls.
func (h *handler) check(places placeTypes) {
	h.collect(places)
	members := membersOf(h.actor, places)
	for _, m := range members {
		h.checkMember(m)
	}
	h.checkExtras()
	h.checkHooks()
}

// collect finds what the Go type has beyond what the actor asks for.
func (h *handler) collect(places placeTypes) {
	wanted := map[string]bool{"Start": true, "Run": true, "Tick": true, "Stop": true}
	for _, m := range membersOf(h.actor, places) {
		wanted[m.name] = true
	}
	h.extras, h.meant, h.unresolved = nil, map[types.Object]bool{}, false
	h.collectFields(h.named, wanted, map[types.Type]bool{})
	methods := types.NewMethodSet(types.NewPointer(h.named))
	for i := range methods.Len() {
		if obj := methods.At(i).Obj(); !wanted[obj.Name()] {
			h.extras = append(h.extras, obj)
		}
	}
}

// collectFields goes through the fields of a struct, and of those that it
// embeds.
func (h *handler) collectFields(t types.Type, wanted map[string]bool, seen map[types.Type]bool) {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	fields, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for f := range fields.Fields() {
		if !f.Embedded() {
			if !wanted[f.Name()] {
				h.extras = append(h.extras, f)
			}
			continue
		}
		if f.Type() == types.Typ[types.Invalid] {
			h.unresolved = true
		}
		h.collectFields(f.Type(), wanted, seen)
	}
}

// checkMember compares one parameter or port with its field or method.
func (h *handler) checkMember(m member) {
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(h.named), true, h.scope.Lookup(h.name).Pkg(), m.name)
	switch {
	case obj == nil && index != nil:
		h.list.Errorf(h.missingCode(m), h.span, "%q is ambiguous: more than one embedded type has it", m.name).
			Note(m.span, "%s is declared here", m.what)
	case obj == nil:
		h.missing(m)
	case m.field:
		h.checkField(m, obj)
	default:
		h.checkMethod(m, obj)
	}
}

func (h *handler) missingCode(m member) diag.Code {
	if m.field {
		return codeNoField
	}
	return codeNoMethod
}

// missing reports a member that the Go type doesn't have, with the one that
// may have been meant.
func (h *handler) missing(m member) {
	if h.unresolved {
		return
	}
	kind := "method"
	if m.field {
		kind = "field"
	}
	d := h.list.Errorf(h.missingCode(m), m.span, "%s of actor %q has no %s %q in its Go type", m.what, h.actor.Name, kind, m.name)
	if near := h.near(m); near != nil {
		h.meant[near] = true
		d.Note(h.spanOf(near), "%q is here", near.Name()).Help("if that is what you mean, rename it to %q", m.name)
		return
	}
	d.Note(h.span, "the Go type is here").Help("add it: %s", m.declaration(h.name))
}

// near finds the extra member that was most likely meant for m: a field or
// method as m is, its name nearly the same.
func (h *handler) near(m member) types.Object {
	byName := map[string]types.Object{}
	var names []string
	for _, obj := range h.extras {
		if _, isField := obj.(*types.Var); isField == m.field {
			byName[obj.Name()] = obj
			names = append(names, obj.Name())
		}
	}
	return byName[diag.DidYouMean(m.name, names)]
}

// checkField compares the field of a parameter or outgoing port.
func (h *handler) checkField(m member, obj types.Object) {
	field, ok := obj.(*types.Var)
	if !ok {
		h.list.Errorf(codeFieldType, h.spanOf(obj), "%q is a method, where %s needs a field", m.name, m.what).
			Note(m.span, "%s is declared here", m.what).
			Help("make it a field: %s", m.declaration(h.name))
		return
	}
	if h.fits(field.Type(), h.fieldType(m)) {
		return
	}
	h.list.Errorf(codeFieldType, h.spanOf(obj), "field %q is %s, where %s needs %s", m.name, h.spell(field.Type()), m.what, m.goType(h.name)).
		Note(m.span, "%s is declared here", m.what)
}

// fits reports whether a type is the one wanted, or can't be known.
func (h *handler) fits(got, want types.Type) bool {
	return hasInvalid(got, 0) || hasInvalid(want, 0) || types.Identical(got, want)
}

// hasInvalid reports whether a part of a type can't be known.
func hasInvalid(t types.Type, depth int) bool {
	if depth > 8 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return hasInvalid(t.Elem(), depth+1)
	case *types.Slice:
		return hasInvalid(t.Elem(), depth+1)
	case *types.Map:
		return hasInvalid(t.Key(), depth+1) || hasInvalid(t.Elem(), depth+1)
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if hasInvalid(arg, depth+1) {
				return true
			}
		}
	}
	return false
}

// fieldType is member.goType as a type.
func (h *handler) fieldType(m member) types.Type {
	switch {
	case m.param != nil && m.param.Type.Map:
		return types.NewMap(types.Typ[types.String], types.Typ[types.String])
	case m.param != nil && m.param.Type.Expr:
		return types.Typ[types.String]
	case m.param != nil:
		return h.valueType(m.param.Type.Type, placeName(h.actor.Name, m.param.Name))
	case m.port.Pattern.Requests():
		return h.apply("Ask", h.message(m.message(m.port.Message)), h.message(m.message(m.port.Reply)))
	default:
		return h.apply("Out", h.message(m.message(m.port.Message)))
	}
}

// checkMethod compares the method of an in-port.
func (h *handler) checkMethod(m member, obj types.Object) {
	f, ok := obj.(*types.Func)
	if !ok {
		h.list.Errorf(codeSignature, h.spanOf(obj), "%q is a field, where %s needs a method", m.name, m.what).
			Note(m.span, "%s is declared here", m.what).
			Help("make it a method: %s", m.declaration(h.name))
		return
	}
	if h.fitsSignature(f, h.signatureType(m)) {
		return
	}
	h.list.Errorf(codeSignature, h.spanOf(obj), "method %q does not fit %s", m.name, m.what).
		Note(m.span, "%s is declared here", m.what).
		Help("it must be: %s", m.declaration(h.name))
}

// signatureType is member.signature as a type.
func (h *handler) signatureType(m member) *types.Signature {
	context, failure := h.lookup("context", "Context"), types.Universe.Lookup("error").Type()
	in := []types.Type{context, h.message(m.message(m.takes()))}
	out := []types.Type{failure}
	switch m.port.Pattern {
	case model.Rep:
		out = []types.Type{h.message(m.message(m.port.Reply)), failure}
	case model.Router:
		in = append(in, h.apply("Reply", h.message(m.message(m.port.Reply))))
	}
	return signature(in, out)
}

func signature(in, out []types.Type) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, tuple(in), tuple(out), false)
}

func tuple(list []types.Type) *types.Tuple {
	var vars []*types.Var
	for _, t := range list {
		vars = append(vars, types.NewParam(0, nil, "", t))
	}
	return types.NewTuple(vars...)
}

// fitsSignature reports whether a method has the parameters and results
// wanted.
func (h *handler) fitsSignature(f *types.Func, want *types.Signature) bool {
	got := f.Signature()
	return !got.Variadic() && h.fitsTuple(got.Params(), want.Params()) && h.fitsTuple(got.Results(), want.Results())
}

func (h *handler) fitsTuple(got, want *types.Tuple) bool {
	if got.Len() != want.Len() {
		return false
	}
	for i := range got.Len() {
		if !h.fits(got.At(i).Type(), want.At(i).Type()) {
			return false
		}
	}
	return true
}

// checkExtras reports exported fields that are ports which the actor doesn't
// have: they would never be connected.
func (h *handler) checkExtras() {
	for _, obj := range h.extras {
		field, ok := obj.(*types.Var)
		if !ok || !field.Exported() || h.meant[field] || h.generic(field.Type()) == "" {
			continue
		}
		d := h.list.Errorf(codeExtraPort, h.spanOf(field), "field %q is a port that actor %q does not have", field.Name(), h.actor.Name).
			Note(h.actor.Span, "actor %q is declared here", h.actor.Name)
		if field.Name() == schema.GoName(model.RejectedPort.Name) {
			d.Help("what a handler returns an error for goes to the port %q by itself", model.RejectedPort.Name)
			continue
		}
		var ports []string
		for _, p := range h.actor.Ports {
			ports = append(ports, schema.GoName(p.Name))
		}
		if near := diag.DidYouMean(field.Name(), ports); near != "" {
			d.Help("did you mean %q?", near)
		}
	}
}

// checkHooks looks at the methods that a handler may have besides its ports.
func (h *handler) checkHooks() {
	context, failure := h.lookup("context", "Context"), types.Universe.Lookup("error").Type()
	plain := signature([]types.Type{context}, []types.Type{failure})
	tick := signature([]types.Type{context, h.lookup("time", "Time")}, []types.Type{failure})
	h.checkHook("Start", plain, "(ctx context.Context) error")
	h.checkHook("Stop", plain, "(ctx context.Context) error")
	run := h.checkHook("Run", plain, "(ctx context.Context) error")
	ticks := h.checkHook("Tick", tick, "(ctx context.Context, now time.Time) error")
	switch source := h.actor.Source(); {
	case run != nil && !source:
		h.list.Errorf(codeHook, h.spanOf(run), "actor %q has in-ports, so its Run is never called", h.actor.Name).
			Note(h.actor.Span, "actor %q is declared here", h.actor.Name).
			Help("only sources have Run; what comes first belongs into Start")
	case run != nil && ticks != nil:
		h.list.Errorf(codeHook, h.spanOf(ticks), "a source has Run or Tick, and actor %q has both", h.actor.Name).
			Note(h.spanOf(run), "Run is here")
	case ticks != nil && tickPeriod(h.actor) == nil:
		h.list.Errorf(codeHook, h.spanOf(ticks), "Tick is never called: actor %q has no duration %q for a parameter, to say how often", h.actor.Name, "every").
			Note(h.actor.Span, "actor %q is declared here", h.actor.Name).
			Help("write: actor %s(every duration = 1s)", h.actor.Name)
	case source && run == nil && ticks == nil && !h.unresolved:
		h.list.Errorf(codeNoSource, h.actor.Span, "actor %q has no in-ports, and its Go type neither Run nor Tick: it would never do anything", h.actor.Name).
			Note(h.span, "the Go type is here").
			Help("add it: %s", method(h.name, "Run", "(ctx context.Context) error"))
	}
}

// checkHook finds one of these methods; nil if the handler doesn't have it.
func (h *handler) checkHook(name string, want *types.Signature, spelled string) types.Object {
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(h.named), true, h.scope.Lookup(h.name).Pkg(), name)
	if obj == nil {
		return nil
	}
	if f, ok := obj.(*types.Func); !ok || !h.fitsSignature(f, want) {
		h.list.Errorf(codeHook, h.spanOf(obj), "%s has a meaning, and is not of its form: as it is, it would never be called", name).
			Note(h.actor.Span, "it belongs to actor %q", h.actor.Name).
			Help("it must be: %s", method(h.name, name, spelled))
	}
	return obj
}

func count(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
