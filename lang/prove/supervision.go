package prove

import (
	"time"

	"github.com/ilpomo/opencore/lang/model"
)

// How the supervisor waits before it starts a crashed process again: twice as
// long each time, and up to jitter shorter or longer.
const (
	backoffFirst = 100 * time.Millisecond
	backoffMost  = 10 * time.Second
	jitter       = 0.2
)

// supervision reports restart policies that don't do what they say. A crash
// of what is never restarted ends the run, so nobody waits for it.
func (v *prover) supervision() {
	shared := map[string]bool{} // processes that have been looked at
	for _, i := range v.graph.Instances {
		if i.Actor.External || i.Process != "" && shared[i.Process] {
			continue
		}
		shared[i.Process] = true
		v.budget(i)
	}
	for _, w := range v.graph.Wires {
		v.noRetry(w)
		v.conversation(w)
	}
}

// budget reports restarts that are never given up, and those that are given
// up before the first.
func (v *prover) budget(i *model.Instance) {
	switch r := i.Restart; {
	case r.Policy == "never":
	case r.Max == 0:
		v.found.Warnf(codeNoBudget, i.Span, "%q is never restarted: there is nothing to spend with max 0", i.Name).
			Help("say restart never, if that is meant")
	case least(r.Max) >= r.Within:
		n := mostWithin(r.Within)
		if n == 0 {
			v.found.Warnf(codeEndlessly, i.Span, "if %q crashes at every start, it is restarted for ever: a restart is forgotten after %s, and the next crash is later than that", i.Name, short(r.Within)).
				Help("a restart takes 100ms at first, so give it a longer period, as in: max %d in 1m", min(r.Max, mostWithin(time.Minute)))
			return
		}
		v.found.Warnf(codeEndlessly, i.Span, "if %q crashes at every start, it is restarted for ever: its %d restarts take %s at least, and each is forgotten after %s", i.Name, r.Max, short(least(r.Max)), short(r.Within)).
			Help("between two restarts it waits up to 10s, so say max %d, or a longer period", n)
	}
}

// least is how long a process waits at least before the first n restarts,
// taken together, if no restart has been forgotten by then.
func least(n int) time.Duration {
	sum, wait := 0.0, backoffFirst
	for ; n > 0 && wait < backoffMost; n-- {
		sum, wait = sum+wait.Seconds(), 2*wait
	}
	sum = (sum + float64(n)*backoffMost.Seconds()) * (1 - jitter)
	return time.Duration(min(sum, 1e9) * float64(time.Second)) // some 30 years, for more is no duration
}

// mostWithin is how many restarts there can be within a period, however long
// their waits turn out.
func mostWithin(period time.Duration) int {
	n := 0
	for float64(least(n+1))*(1+jitter)/(1-jitter) < float64(period) && n < mostRestarts {
		n++
	}
	return n
}

// mostRestarts bounds what is proposed.
const mostRestarts = 1000

// short spells a duration to three digits or so.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	default:
		d = d.Round(time.Microsecond)
	}
	return d.String()
}

// noRetry reports retries that can't happen: an attempt ends only when the
// replier dies, and that ends the run.
func (v *prover) noRetry(w *model.Wire) {
	to := w.To.Instance
	if !w.From.Port.Pattern.Requests() || w.Retry == 0 || w.Timeout != 0 || to.Actor.External || to.Restart.Policy != "never" || to.Replicas > 1 {
		return
	}
	v.found.Warnf(codeNoRetry, w.Span, "no request on this wire is tried again: it never times out, and %q does not come back", to.Name).
		Note(to.Span, "%q is never restarted", to.Name).
		Help("write a timeout on the wire, or let %q be restarted", to.Name)
}

// conversation reports a pair of which one end is never restarted, for it
// can't begin anew, and the other one begins anew in the middle.
func (v *prover) conversation(w *model.Wire) {
	a, b := w.From.Instance, w.To.Instance
	if w.From.Port.Pattern != model.Pair || a.Actor.External || b.Actor.External || a.Process != "" && a.Process == b.Process {
		return
	}
	if a.Restart.Policy == "never" {
		a, b = b, a
	}
	if a.Restart.Policy == "never" || b.Restart.Policy != "never" || a.Restart.Max == 0 {
		return
	}
	v.found.Warnf(codeHalf, w.Span, "when %q crashes, it is restarted and begins anew, and %q goes on in the middle of what they said", a.Name, b.Name).
		Note(b.Span, "%q is never restarted", b.Name).
		Note(a.Span, "%q is restarted", a.Name).
		Help("let both be restarted, or neither, or let them share a process, and restart as one")
}
