package actortest

import (
	"reflect"
	goruntime "runtime"
	"slices"
	"strings"
)

// Subscribed gives the prefixes of the topics that the handler takes at an
// in-port, as it has said last with actor.Subscribe; none: all. port is the name
// in the graph.
func (a *Actor) Subscribed(port string) []string {
	prefixes, _ := a.subscribed.Load(member(port))
	list, _ := prefixes.([]string)
	return list
}

// subscribe is actor.Subscribe. There is no graph, so any port will do.
func (a *Actor) subscribe(port string, prefixes []string) error {
	a.subscribed.Store(member(port), slices.Clone(prefixes))
	return nil
}

// takes tells whether the handler takes messages of a topic at the port whose
// method port is.
func (a *Actor) takes(port any, topic string) bool {
	prefixes := a.Subscribed(methodName(port))
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(topic, p) })
}

// methodName gives the name of a method value: Go calls it "pkg.(*T).Name-fm".
func methodName(f any) string {
	name := goruntime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	name, _ = strings.CutSuffix(name, "-fm")
	return name[strings.LastIndexByte(name, '.')+1:]
}

// member gives what a port's name in the graph and that of its method have in
// common: my_port is MyPort, id is ID.
func member(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
