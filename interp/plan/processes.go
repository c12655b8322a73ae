package plan

import (
	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/runtime/spec"
)

// addProcesses makes one process of each replica of each instance.
func (b *builder) addProcesses() {
	for _, inst := range b.program.Graph.Instances {
		b.first[inst] = len(b.plan.Processes)
		b.addMessages(inst)
		if !inst.Actor.Standard {
			b.plan.Handlers = true
		}
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

// addPort gives a process one of its ports, without wires as yet.
func addPort(p *spec.Process, inst *model.Instance, port *model.Port) {
	message, reply := inst.Message(port.Message).Name, ""
	if port.Pattern.Requests() {
		reply = inst.Message(port.Reply).Name
	}
	if !port.Pattern.Outgoing() {
		p.Ins = append(p.Ins, spec.In{
			Port: port.Name, Pattern: string(port.Pattern), Message: message, Reply: reply, Wires: []spec.InWire{},
		})
		return
	}
	out := spec.Out{
		Port: port.Name, Pattern: string(port.Pattern), Message: message, Reply: reply, Wires: []spec.OutWire{},
	}
	if port.Topic != nil {
		out.Topic = port.Topic.Source
	}
	p.Outs = append(p.Outs, out)
}

// addMessages collects the messages that an instance's ports and parameters
// mention.
func (b *builder) addMessages(inst *model.Instance) {
	for _, port := range inst.Actor.Ports {
		b.plan.Messages.Add(inst.Message(port.Message))
		if port.Pattern.Requests() {
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
