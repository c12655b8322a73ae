package build

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A member is what the Go type of an actor must have for one parameter or
// port.
type member struct {
	what  string    // `port "alarms"`
	span  diag.Span // in the graph
	name  string    // in Go
	field bool      // a field, else a method

	// Of these the ones that belong to the kind of member are set.
	param  *model.Param
	port   *model.Port
	places placeTypes
}

// placeTypes says what the type parameters of an actor stand for; nil while
// unknown.
type placeTypes map[string]*schema.Message

// membersOf lists the members that an actor needs, in the order written: one
// for each parameter and port, but two for a pair port, which sends and receives.
// types is nil where its type parameters stand for nothing yet.
func membersOf(a *model.Actor, types placeTypes) []member {
	var list []member
	for _, p := range a.Params {
		list = append(list, member{
			what: "parameter " + strconv.Quote(p.Name), span: p.Span, name: schema.GoName(p.Name), field: true, param: p,
			places: types,
		})
	}
	for _, p := range a.Ports {
		m := member{
			what: "port " + strconv.Quote(p.Name), span: p.Span, name: schema.GoName(p.Name), field: p.Pattern.Outgoing(), port: p,
			places: types,
		}
		if p.Pattern == model.Pair {
			m.field = true
			list = append(list, m)
			m.field, m.name = false, pairMethod+m.name
		}
		list = append(list, m)
	}
	return list
}

// pairMethod begins the name of the method that takes what a pair port
// receives: the port's own name is that of the field which sends.
const pairMethod = "Handle"

// takes gives the type of what a method is called with.
func (m member) takes() model.PortType {
	if m.port.Pattern == model.Pair {
		return m.port.Reply
	}
	return m.port.Message
}

// tickPeriod finds the parameter that says how often Tick is called; nil if
// the actor has none.
func tickPeriod(a *model.Actor) *model.Param {
	for _, p := range a.Params {
		if t := p.Type.Type; p.Name == "every" && t != nil && t.Kind == schema.Duration && !t.Optional {
			return p
		}
	}
	return nil
}

// typeName spells the Go type of what a port carries: of its message, or a
// type parameter.
func (m member) typeName(t model.PortType) string {
	if t.Param != "" && m.places[t.Param] == nil {
		return t.Param
	}
	return schema.GoName(m.message(t).Name)
}

// message gives what a port carries.
func (m member) message(t model.PortType) *schema.Message {
	if t.Param != "" {
		return m.places[t.Param]
	}
	return t.Message
}

// goType spells the type of a field. owner is the actor's name.
func (m member) goType(owner string) string {
	switch {
	case m.param != nil && m.param.Type.Map:
		return "map[string]string"
	case m.param != nil && m.param.Type.Expr:
		return "string"
	case m.param != nil:
		return goType(m.param.Type.Type, placeName(owner, m.param.Name), "")
	case m.port.Pattern.Requests():
		return fmt.Sprintf("actor.Ask[%s, %s]", m.typeName(m.port.Message), m.typeName(m.port.Reply))
	default:
		return fmt.Sprintf("actor.Out[%s]", m.typeName(m.port.Message))
	}
}

// signature spells parameters and results of a method.
func (m member) signature() string {
	in := m.typeName(m.takes())
	switch m.port.Pattern {
	case model.Rep:
		return fmt.Sprintf("(ctx context.Context, q %s) (%s, error)", in, m.typeName(m.port.Reply))
	case model.Router:
		return fmt.Sprintf("(ctx context.Context, q %s, r actor.Reply[%s]) error", in, m.typeName(m.port.Reply))
	default:
		return fmt.Sprintf("(ctx context.Context, m %s) error", in)
	}
}

// declaration spells the field or method as it is declared in the Go type.
func (m member) declaration(owner string) string {
	if m.field {
		return m.name + " " + m.goType(owner)
	}
	return method(owner, m.name, m.signature())
}

// method spells the head of a method.
func method(owner, name, signature string) string {
	return fmt.Sprintf("func (%s *%s) %s%s", strings.ToLower(owner[:1]), owner, name, signature)
}
