package foreign

import (
	"github.com/ilpomo/opencore/internal/schema"
)

// about is what the program is told of itself.
func (h *socketHost) about() map[string]any {
	p := h.Process
	t := types{messages: map[string]any{}, enums: map[string]any{}}
	return map[string]any{
		"instance": p.Instance, "replica": p.Replica, "replicas": p.Replicas, "actor": p.Actor,
		"incarnation": h.Incarnation, "source": p.Source, "params": h.Params,
		"ports": h.ports(&t), "messages": t.messages, "enums": t.enums,
	}
}

// ports describes the ports, and adds the types of their messages to t. A pair
// port is among the ins and the outs: it receives what it calls its reply.
func (h *socketHost) ports(t *types) map[string]any {
	ports := map[string]any{}
	for name, in := range h.ins {
		ports[name] = h.port(t, in.spec.Pattern, in.spec.Codec, in.spec.Message, in.spec.Reply, len(in.spec.Wires) > 0)
	}
	for name, out := range h.outs {
		reply := out.spec.Reply
		if in := h.ins[name]; in != nil {
			reply = in.spec.Message
		}
		ports[name] = h.port(t, out.spec.Pattern, out.spec.Codec, out.spec.Message, reply, len(out.spec.Wires) > 0)
	}
	return ports
}

func (h *socketHost) port(t *types, pattern, codec, m, reply string, wired bool) map[string]any {
	if codec == "" {
		codec = "msgpack"
	}
	port := map[string]any{"pattern": pattern, "codec": codec, "message": m, "wired": wired}
	t.message(h.Messages[m])
	if reply != "" {
		port["reply"] = reply
		t.message(h.Messages[reply])
	}
	return port
}

// types collects the messages and enums that ports need.
type types struct{ messages, enums map[string]any }

func (t *types) message(m *schema.Message) {
	if t.messages[m.Name] != nil {
		return
	}
	fields := make([]any, len(m.Fields))
	t.messages[m.Name] = fields
	for i := range m.Fields {
		f := &m.Fields[i]
		var initial any
		if f.Default != "" {
			initial = f.Default
		}
		fields[i] = []any{f.Outside(), f.Type.String(), initial}
		t.within(f.Type)
	}
}

func (t *types) within(of *schema.Type) {
	switch {
	case of.Elem != nil:
		t.within(of.Elem)
	case of.Message != nil:
		t.message(of.Message)
	case of.Enum != nil && of.Enum.Name != "":
		t.enums[of.Enum.Name] = of.Enum.Values
	}
}
