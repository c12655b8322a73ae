package runtime

import (
	"sync"

	"golang.org/x/sys/unix"
)

// runningPrograms are the process groups that a process has started besides its
// own. A process that ends though its main loop does not return, as when that
// writes to a program that doesn't read, kills them itself: there may be no
// supervisor left to do it.
type runningPrograms struct {
	mu     sync.Mutex
	groups map[int]bool // by the number of their leader
}

// note takes in that a program has been started, or is gone.
func (r *runningPrograms) note(pid int, gone bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.groups == nil {
		r.groups = map[int]bool{}
	}
	if gone {
		delete(r.groups, pid)
	} else {
		r.groups[pid] = true
	}
}

// kill ends them all, without asking.
func (r *runningPrograms) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for pid := range r.groups {
		_ = unix.Kill(-pid, unix.SIGKILL) // fails where the group is gone
	}
}
