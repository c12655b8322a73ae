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

// A subscriber is whoever subscribes at one port, with the topics that come
// there.
type subscriber struct {
	topics map[string]diag.Span   // where each was first published
	longer map[string]publication // by what subscriptions to it would take: the first such topic
}

// longestTopic is how long, in bytes, topics are that are looked at: subscriptions
// to a longer one are nobody's slip, and each of its beginnings is looked at.
const longestTopic = 255

// topics reports topics of which one takes what is meant for another, where
// foreign peers subscribe: a subscription is to all topics that begin with it.
func (v *prover) topics() {
	byPort := map[inlet]*subscriber{} // by the port whose peers subscribe
	at := func(e model.End) *subscriber {
		in := inlet{e.Instance, e.Port}
		if byPort[in] == nil {
			byPort[in] = &subscriber{map[string]diag.Span{}, map[string]publication{}}
		}
		return byPort[in]
	}
	for _, e := range v.graph.Exposes {
		if e.End.Port.Pattern == model.Pub {
			v.published(at(e.End), topicsOf(e.End, nil), e.Span)
		}
	}
	for _, w := range v.graph.Wires {
		if w.To.Instance.Actor.External && w.To.Port.Pattern == model.Sub && !v.idle[w] {
			v.published(at(w.To), topicsOf(w.From, w.Where), w.Span)
		}
	}
}

// published adds topics to those that come to a subscriber. Of the new ones
// that take others, or are taken, one is told of.
func (v *prover) published(s *subscriber, topics []string, span diag.Span) {
	told := false
	for _, topic := range topics {
		if _, known := s.topics[topic]; known || len(topic) > longestTopic {
			continue
		}
		if short, long, other, found := s.clash(topic); found && !told {
			told = true
			v.swallowed(short, long, span, other)
		}
		s.add(publication{topic, span})
	}
}

// clash finds a topic that takes another one, or that it takes, and where that
// is published.
func (s *subscriber) clash(topic string) (short, long string, other diag.Span, found bool) {
	for n := range topic {
		if at, ok := s.topics[topic[:n]]; ok && swallows(topic[:n], topic) {
			return topic[:n], topic, at, true
		}
	}
	p, found := s.longer[topic]
	return topic, p.topic, p.span, found
}

func (s *subscriber) add(p publication) {
	s.topics[p.topic] = p.span
	for n := range p.topic {
		short := p.topic[:n]
		if _, taken := s.longer[short]; !taken && swallows(short, p.topic) {
			s.longer[short] = p
		}
	}
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
