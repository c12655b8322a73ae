// Package runtime is what runs inside one actor process: it binds a handler's
// ports to lanes, calls the handler with what comes in, and does what the
// supervisor says.
//
// It is told everything by a [spec.Launch] on an inherited pipe. [Main] is the
// process; behind it, run.go has its course from launch to end, loop.go the
// main loop, in.go, out.go and ask.go the ports, plain.go those that face foreign
// peers, hosted.go an actor that is a program, group.go several actor processes
// in one OS process. Sockets, credit and queues are the business of package lane.
package runtime

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	goruntime "runtime"
	"runtime/debug"
	"syscall"

	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// exitTerminated is the status of a process that was told to end at once.
const exitTerminated = 128 + int(syscall.SIGTERM)

// gcPercent lets the heap of an actor process, which is small, grow to five
// times its size between collections: a quarter of them is worth some
// throughput and costs little memory.
const gcPercent = 400

// IsChild tells whether this process has been started as an actor process of a
// run. Then it must call [Main] before it does anything else.
func IsChild() bool { return os.Getenv(spec.ChildVariable) == "1" }

// Main runs an actor process. actors holds the handlers by the names of their
// actors. It gives the status to exit with.
func Main(actors map[string]actor.Factory) int {
	os.Unsetenv(spec.ChildVariable)
	syscall.CloseOnExec(spec.ControlDown)
	syscall.CloseOnExec(spec.ControlUp)
	signal.Ignore(syscall.SIGPIPE) // writing to a pipe that is closed is an error like others
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if goruntime.GOMAXPROCS(0) < 2 {
		goruntime.GOMAXPROCS(2) // a goroutine that polls must not stop the handler
	}
	// When all processes of a run are told to go, as service managers do, it is
	// the supervisor's to drain them. Signals that nobody reads are caught rather
	// than ignored, for what a handler starts would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	down, up, err := controlPipes()
	if err != nil {
		fmt.Fprintln(os.Stderr, "opencore: an actor process is started by its supervisor alone:", err)
		return spec.ExitParams
	}
	return serve(world{actors: actors, down: down, up: up, lookup: os.LookupEnv})
}

// serve runs what the supervisor asks for first: one actor process, or a group
// of them.
func serve(w world) int {
	lines := bufio.NewReader(w.down)
	first, _ := lines.ReadBytes('\n') // what is wrong with it is told by whoever reads it again
	var d spec.Down
	if json.Unmarshal(first, &d) != nil || d.Group == nil {
		w.down = io.MultiReader(bytes.NewReader(first), lines)
		return run(w)
	}
	g, err := newGroup(w)
	if err != nil {
		fmt.Fprintln(os.Stderr, "opencore:", err)
		return exitFailed
	}
	return g.serve(json.NewDecoder(lines))
}

// controlPipes opens the inherited descriptors so that reading them holds no
// thread.
func controlPipes() (down, up *os.File, err error) {
	for _, fd := range []int{spec.ControlDown, spec.ControlUp} {
		if err := syscall.SetNonblock(fd, true); err != nil {
			return nil, nil, fmt.Errorf("descriptor %d: %w", fd, err)
		}
	}
	return os.NewFile(spec.ControlDown, "control"), os.NewFile(spec.ControlUp, "control"), nil
}
