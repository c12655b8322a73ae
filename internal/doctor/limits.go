package doctor

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// How many descriptors processes hold, as counted on Linux with Go 1.26 and
// libzmq 4.3, and rounded up. What foreign peers open comes on top of it.
const (
	filesOfSupervisor = 16
	filesPerChild     = 8 // of the supervisor: four, and those of one that is just being started anew
	filesOfProcess    = 24
	filesPerPeer      = 2
	filesPerSocket    = 8 // of foreign peers: their number is not known
	filesOfProgram    = 12
	threadsOfProcess  = 16
)

// limits compares what the kernel lets us have with what the plan takes.
func (x *examination) limits() {
	x.openFiles()
	x.threads()
}

// openFiles looks at the hard limit: Go raises the soft one to it.
func (x *examination) openFiles() {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		x.missing(true, "open files", err.Error(), "")
		return
	}
	need, who := filesNeeded(x.Plan)
	found := fmt.Sprintf("at most %d in a process", limit.Max)
	if need > 0 {
		found += fmt.Sprintf("; %s needs some %d", who, need)
	}
	if limit.Max < need {
		x.missing(true, "open files", found, fmt.Sprintf("raise the limit: ulimit -Hn %d, or LimitNOFILE= of the systemd unit", 2*need))
		return
	}
	x.ok("open files", found)
}

// filesNeeded is how many files the process that has most of them holds open,
// and which that is.
func filesNeeded(p *spec.Plan) (need uint64, who string) {
	if p == nil {
		return 0, ""
	}
	need, who = uint64(filesOfSupervisor+filesPerChild*len(p.Processes)), "the supervisor"
	together := map[string]uint64{}
	for _, proc := range p.Processes {
		n := filesOf(proc)
		if proc.Group != "" {
			together[proc.Group] += n
			n = together[proc.Group]
		}
		if n > need {
			need, who = n, proc.Title()
		}
	}
	return need, who
}

func filesOf(p *spec.Process) uint64 {
	n := filesOfProcess + filesPerPeer*len(p.Peers)
	if p.Exec != nil {
		n += filesOfProgram
	}
	return uint64(n + filesPerSocket*len(p.Sockets()))
}

// threads looks at how many the user may have: a process of ours has some.
func (x *examination) threads() {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err != nil || limit.Max == unix.RLIM_INFINITY || x.Plan == nil {
		return
	}
	need := uint64(threadsOfProcess * (len(x.Plan.Processes) + 1))
	found := fmt.Sprintf("at most %d threads of this user; the program needs some %d", limit.Max, need)
	if limit.Max < need {
		x.missing(true, "threads", found, fmt.Sprintf("raise the limit: ulimit -Hu %d, or TasksMax= of the systemd unit", 2*need))
		return
	}
	x.ok("threads", found)
}

// folder makes the folder of a run.
func (x *examination) folder() {
	p := x.Plan
	if p == nil {
		p = &spec.Plan{}
	}
	parent, err := supervise.TryFolder(supervise.IPC, p)
	if err != nil {
		x.missing(true, "folder for runs", err.Error(), "") // it names the way out itself
		return
	}
	x.ok("folder for runs", parent)
}
