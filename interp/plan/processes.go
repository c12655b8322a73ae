package plan

import (
	"cmp"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// addProcesses makes one process of each replica of each instance that does
// not run elsewhere.
func (b *builder) addProcesses() {
	for _, inst := range b.program.Graph.Instances {
		b.addMessages(inst)
		if inst.Actor.External {
			continue
		}
		b.first[inst] = len(b.plan.Processes)
		b.plan.Handlers = b.plan.Handlers || inst.Actor.InGo()
		for replica := range inst.Replicas {
			b.plan.Processes = append(b.plan.Processes, b.process(inst, replica))
		}
	}
}

func (b *builder) process(inst *model.Instance, replica int) *spec.Process {
	p := &spec.Process{
		ID:       spec.ProcessID(len(b.plan.Processes)),
		Instance: inst.Name,
		Replica:  replica,
		Replicas: inst.Replicas,
		Actor:    inst.Actor.Name,
		Place:    inst.Span.String(),
		Source:   inst.Actor.Source(),
		Endless:  inst.Actor.Endless && inst.Actor.Source(),
		Args:     args(inst),
		Env:      env(inst),
		Restart: spec.Restart{
			Policy: inst.Restart.Policy,
			Max:    inst.Restart.Max,
			Within: spec.Duration(inst.Restart.Within),
		},
		Group: inst.Process,
	}
	if inst.Actor.Exec != nil {
		p.Exec = &spec.Exec{Command: inst.Actor.Exec, Lines: inst.Actor.Lines}
	}
	for _, name := range inst.Actor.TypeParams {
		if p.Types == nil {
			p.Types = make(map[string]string, len(inst.Actor.TypeParams))
		}
		p.Types[name] = inst.Types[name].Name
	}
	for _, port := range inst.Actor.Ports {
		addPort(p, inst, port)
	}
	return p
}

// addPort gives a process one of its ports, without wires as yet. A pair is
// two: what it sends and what it receives.
func addPort(p *spec.Process, inst *model.Instance, port *model.Port) {
	message, reply := inst.Message(port.Message).Name, ""
	if port.Pattern.Requests() {
		reply = inst.Message(port.Reply).Name
	}
	out := spec.Out{
		Port: port.Name, Pattern: string(port.Pattern), Codec: codec(inst.Actor, port), Message: message, Reply: reply, Wires: []spec.OutWire{},
	}
	if port.Topic != nil && port.Pattern == model.Pub {
		out.Topic, out.Keeps = port.Topic.Source, port.Keeps // those of others are for foreign peers alone
	}
	in := spec.In{
		Port: port.Name, Pattern: string(port.Pattern), Codec: codec(inst.Actor, port), Message: message, Reply: reply, Wires: []spec.InWire{},
	}
	switch {
	case port.Pattern == model.Pair:
		in.Message = inst.Message(port.Reply).Name
		p.Outs, p.Ins = append(p.Outs, out), append(p.Ins, in)
	case port.Pattern.Outgoing():
		p.Outs = append(p.Outs, out)
	default:
		p.Ins = append(p.Ins, in)
	}
}

// codec is that of a program's port; "" for handlers, which have none.
func codec(a *model.Actor, port *model.Port) string {
	switch {
	case a.Exec == nil:
		return ""
	case a.Lines:
		return "json"
	default:
		return cmp.Or(port.Codec, defaultCodec)
	}
}

// addMessages collects the messages that an instance's ports and parameters
// mention.
func (b *builder) addMessages(inst *model.Instance) {
	for _, port := range inst.Actor.Ports {
		b.plan.Messages.Add(inst.Message(port.Message))
		if port.Pattern.Requests() || port.Pattern == model.Pair {
			b.plan.Messages.Add(inst.Message(port.Reply))
		}
	}
	for _, m := range inst.Types {
		b.plan.Messages.Add(m)
	}
	for _, param := range inst.Actor.Params {
		b.addType(param.Type.Type)
	}
}

// addType collects the message within a type, if there is one.
func (b *builder) addType(t *schema.Type) {
	for ; t != nil; t = t.Elem {
		if t.Message != nil {
			b.plan.Messages.Add(t.Message)
		}
	}
}
