package supervise

import (
	"syscall"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A Launcher starts children. [Exec] starts OS processes; tests have theirs.
type Launcher interface {
	// Launch starts a child. What it says goes to say, in order and never
	// twice at a time; the last of it is a Said with Exit, and nothing
	// follows.
	Launch(c Command, say func(Said)) (Child, error)
}

// A Command is all that a child is started with.
type Command struct {
	Launch *spec.Launch // nil: of a group, whose members are launched by Tell
	Group  string       // its name; "": it is a single process
	Env    []string     // NAME=value, on top of the supervisor's own environment
	Stdin  bool         // the child reads the run's standard input
}

// A Child is a process that was started and has not been waited for. Its
// methods never block and may be called after it has exited.
type Child interface {
	PID() int
	// Tell says something to the child after all that was told before.
	Tell(d spec.Down)
	// Terminate asks the child to exit, and all its descendants: SIGTERM.
	Terminate()
	// Kill ends the child and all its descendants: SIGKILL.
	Kill()
}

// Said is what a child says; one of its fields is set.
type Said struct {
	Up     *spec.Up
	Stderr string // a line that it wrote there, without its end
	Group  string // of which member of this group the line is, is not known
	Fault  string // it broke the protocol, in words; it is not heard out
	Exit   *Exit
}

// An Exit is how a child ended.
type Exit struct {
	Code   int            // -1 if a signal ended it
	Signal syscall.Signal // 0 if none did
	Used   time.Duration  // of the processors, with all that it waited for
}
