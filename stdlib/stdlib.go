// Package stdlib holds the standard library of actors: NAME.actors declares
// them, with their docs, and NAME.go beside it has their code. They are used
// like any others; what sets them apart is that the message type of their
// ports is known only when they run, so they work on encoded messages
// ([actor.Raw]).
//
// Read [Actors] first, which lists them, then timer.go, the shortest. To add
// one: declare it, write its factory, list it here, and test it with senders in
// memory as the tests do.
package stdlib

import (
	"embed"
	"fmt"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
)

// Sources holds the declarations: NAME.actors for the package NAME of the
// language, at the root.
//
//go:embed *.actors
var Sources embed.FS

// Actors lists the standard library: a factory for each actor, by its name in
// the language, like "file.Lines".
func Actors() map[string]actor.Factory { return actorsIn(operatingSystem) }

func actorsIn(w *world) map[string]actor.Factory {
	return map[string]actor.Factory{
		"file.Lines":   w.newLines,
		"file.Write":   w.newWrite,
		"flow.Count":   w.newCount,
		"flow.Map":     newMap,
		"gen.Messages": newMessages,
		"log.Print":    w.newPrint,
		"proxy.Pass":   newPass,
		"proxy.Queue":  newQueue,
		"timer.Every":  newEvery,
	}
}

// param gives a parameter. The compiler has checked its type and filled in
// defaults.
func param[T any](s *actor.Setup, name string) T {
	v, ok := s.Params[name].(T)
	if !ok {
		panic(fmt.Sprintf("bug: parameter %q is %T", name, s.Params[name]))
	}
	return v
}

// badParam blames a parameter, in words.
func badParam(name, format string, args ...any) error {
	return actor.BadParam(name, fmt.Errorf(format, args...))
}

// messageType gives what a type parameter stands for.
func messageType(s *actor.Setup, name string) *schema.Message {
	m, ok := s.Messages[name].(*schema.Message)
	if !ok {
		panic(fmt.Sprintf("bug: type parameter %q is %T", name, s.Messages[name]))
	}
	return m
}

// out gives an outgoing port, wired.
func out(s *actor.Setup, port string) *actor.Out[actor.Raw] {
	o := new(actor.Out[actor.Raw])
	o.Connect(s.Outs[port])
	return o
}
