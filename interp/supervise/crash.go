package supervise

import (
	"cmp"
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

// exited decides what the end of a child means: its work is done, it was
// ended by us, its configuration is wrong, or it has crashed.
func (r *run) exited(p *process, e Exit) {
	before := p.state
	p.child = nil
	p.used += e.Used
	p.alarm.cancel()
	r.folder.forget(p.spec.ID, p.incarnation)
	switch {
	case before == ended, r.phase == ending:
		r.bury(p)
	case e.Code == spec.ExitParams, p.failed != nil && p.failed.Config:
		f := r.failureOf(p, p.reason(e))
		f.Config, f.Hint = true, r.hint(p.spec, f.Param, f.Reason)
		r.bury(p)
		r.fail(f)
	case e.Code == spec.ExitDone && p.fault == "" && p.spec.Restart.Policy == "always":
		r.restart(p, r.failureOf(p, "it ends again and again"))
	default:
		r.crash(p, before, e)
	}
}

// crash gives a process another try, if its policy and budget allow it.
func (r *run) crash(p *process, before state, e Exit) {
	f := r.failureOf(p, p.reason(e))
	f.Starting = before < ready
	p.crashed = true
	r.emit(Crashed{p.spec, p.incarnation, f.Starting, f.Reason, p.reportedStack()})
	switch {
	case r.phase == draining:
		f.Reason += ", while the run was being drained"
		r.bury(p)
		r.fail(f)
	case p.spec.Restart.Policy == "never":
		r.bury(p)
		r.fail(f)
	default:
		r.restart(p, f)
	}
}

// restart starts a process again after a while; where its budget is spent,
// the run fails with f.
func (r *run) restart(p *process, f *Failure) {
	if r.phase >= draining {
		r.bury(p)
		return
	}
	wait, ok := p.budget.spend(time.Now())
	f.Restarts = len(p.budget.spent)
	if !ok {
		r.bury(p)
		r.fail(f)
		return
	}
	p.state = waiting
	r.tellPeers(p, p.peerID(false))
	r.forgetQuiet(p)
	r.emit(Restarting{p.spec, len(p.budget.spent), p.spec.Restart.Max, wait})
	p.alarm = r.alarms.after(wait, func() { r.launch(p) })
}

// bury takes a process out of the run for good, and sees whether the others
// can end now.
func (r *run) bury(p *process) {
	p.alarm.cancel()
	p.state = gone
	r.tellPeers(p, p.peerID(true))
	r.forgetQuiet(p)
	r.checkEnd()
}

func (r *run) tellPeers(p *process, id spec.PeerID) {
	for _, peer := range p.spec.Peers {
		if q := r.processes[peer.ID]; q != p && q.live() {
			q.tell(spec.Down{Gone: &id})
		}
	}
}

// condemn makes the exit of a process that is about to be killed count as
// the end of it.
func (p *process) condemn(r *run) {
	p.alarm.cancel()
	p.state = ended
	if p.child != nil {
		p.child.Kill()
	}
}

// failureOf collects what is to be said of a process that failed.
func (r *run) failureOf(p *process, reason string) *Failure {
	f := &Failure{
		Process: p.spec,
		Reason:  reason,
		Place:   p.spec.Place,
		Stack:   strings.Join(p.tail.fatal, "\n"),
		Log:     append([]Log(nil), p.tail.lines...),
	}
	if p.failed != nil {
		f.Param = p.failed.Param
		f.Place = cmp.Or(p.failed.Place, f.Place)
		f.Stack = cmp.Or(p.failed.Stack, f.Stack)
	}
	return f
}

// reportedStack is the stack of a panic that the child itself has reported.
// What the Go runtime wrote instead is in the log already.
func (p *process) reportedStack() string {
	if p.failed == nil {
		return ""
	}
	return p.failed.Stack
}

// reason says in one line why a child exited.
func (p *process) reason(e Exit) string {
	switch {
	case p.failed != nil:
		return p.failed.Reason
	case p.fault != "":
		return p.fault
	case len(p.tail.fatal) > 0:
		return p.tail.fatal[0]
	case e.Signal != 0:
		return signalReason(e.Signal)
	case e.Code > 128: // what a shell makes of a signal
		return signalReason(syscall.Signal(e.Code - 128))
	case e.Code == spec.ExitDone:
		return "it exited before it had ended its streams; does it call os.Exit?"
	default:
		return fmt.Sprintf("it exited with status %d", e.Code)
	}
}

func signalReason(s syscall.Signal) string {
	name := cmp.Or(unix.SignalName(s), fmt.Sprintf("signal %d", s))
	hint := map[syscall.Signal]string{
		syscall.SIGKILL: "; by hand, or because memory ran out (look at dmesg)",
		syscall.SIGSEGV: ": it touched memory that isn't its own",
		syscall.SIGBUS:  ": a mapped file was cut short, or its disk is full",
	}[s]
	return "it was killed by " + name + hint
}

// fatalLines is how much of a Go runtime's last words is kept.
const fatalLines = 40

// addFatal keeps what the Go runtime writes when it gives up, from the line
// on that says why: not every panic can be recovered. It reports whether the
// line is of that.
func (t *tail) addFatal(line string) bool {
	if len(t.fatal) == 0 && !startsFatal(line) {
		return false
	}
	if len(t.fatal) < fatalLines {
		t.fatal = append(t.fatal, line)
	}
	return true
}

func startsFatal(line string) bool {
	for _, start := range []string{"panic: ", "fatal error: ", "runtime: out of memory", "SIGSEGV: ", "SIGABRT: ", "unexpected fault address"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}
