package prove

import (
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
)

// A publication is a topic with the place that it is published from.
type publication struct {
	topic string
	span  diag.Span
}

// topics reports topics of which one takes what is meant for another, where
// foreign peers subscribe: a subscription is to all topics that begin with it.
func (v *prover) topics() {
	byPort := map[inlet][]publication{} // by the port whose peers subscribe
	for _, e := range v.graph.Exposes {
		if e.End.Port.Pattern == model.Pub {
			in := inlet{e.End.Instance, e.End.Port}
			byPort[in] = v.published(byPort[in], topicsOf(e.End, nil), e.Span)
		}
	}
	for _, w := range v.graph.Wires {
		if w.To.Instance.Actor.External && w.To.Port.Pattern == model.Sub && !v.idle[w] {
			in := inlet{w.To.Instance, w.To.Port}
			byPort[in] = v.published(byPort[in], topicsOf(w.From, w.Where), w.Span)
		}
	}
}

// published compares topics with those that come to the same peers, and gives
// them all.
func (v *prover) published(before []publication, topics []string, span diag.Span) []publication {
	told := false
	for _, topic := range topics {
		for _, other := range before {
			short, long := other.topic, topic
			if len(short) > len(long) {
				short, long = long, short
			}
			if !told && swallows(short, long) {
				told = true
				v.swallowed(short, long, span, other.span)
			}
		}
		before = append(before, publication{topic, span})
	}
	return before
}

func (v *prover) swallowed(short, long string, span, other diag.Span) {
	d := v.found.Warnf(codeSwallowed, span, "who subscribes to %q here gets %q too: a subscription takes every topic that begins with it", short, long)
	if other != span {
		d.Note(other, "the other topic comes from here")
	}
	d.Help("let topics end with what stands within none of them, as in: topic name + \".\"")
}

// swallows tells whether a subscription to one topic takes another, and
// nothing hints that this is meant, as a dot does: "eu" takes "eu.west".
func swallows(short, long string) bool {
	if short == "" || short == long || !strings.HasPrefix(long, short) {
		return false
	}
	next := long[len(short)]
	return next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z' || next >= '0' && next <= '9'
}

// topicsOf lists the topics that an end can publish under, with a filter
// behind it; nil if they aren't known.
func topicsOf(from model.End, where *model.Expr) []string {
	topic := from.Port.Topic
	if topic == nil || from.Port.Keeps || topic.Checked == nil {
		return nil
	}
	if value, constant := topic.Checked.Constant(); constant {
		text, _ := value.(string)
		return []string{text}
	}
	name := strings.TrimSuffix(strings.TrimPrefix(topic.Source, "string("), ")")
	f, ok := from.Instance.Message(from.Port.Message).Field(name)
	if !ok || f.Type.Enum == nil {
		return nil
	}
	var list []string
	for _, value := range f.Type.Enum.Values {
		if where == nil || where.Checked == nil || !excluded(where.Checked, from, name+` == "`+value+`"`) {
			list = append(list, value)
		}
	}
	return list
}
