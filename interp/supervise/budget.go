package supervise

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Backoff doubles from one to the other, and each wait is up to jitter longer
// or shorter, so that what crashed together isn't restarted together.
const (
	backoffFirst = 100 * time.Millisecond
	backoffMost  = 10 * time.Second
	jitter       = 0.2
)

// A budget is how many restarts a process has left. It decays: a restart
// counts for the period of the policy. OTP's intensity and period, with a
// backoff, so that a budget isn't spent in milliseconds.
type budget struct {
	policy spec.Restart
	spent  []time.Time // of the restarts within the period
}

// spend takes one restart and says how long to wait before it; ok is false if
// none is left.
func (b *budget) spend(now time.Time) (wait time.Duration, ok bool) {
	b.spent = slices.DeleteFunc(b.spent, func(t time.Time) bool {
		return now.Sub(t) >= time.Duration(b.policy.Within)
	})
	if len(b.spent) >= b.policy.Max {
		return 0, false
	}
	wait = backoff(len(b.spent))
	b.spent = append(b.spent, now)
	return wait, true
}

// backoff is the wait before restart n, counted from 0.
func backoff(n int) time.Duration {
	wait := backoffMost
	if n < 7 { // 100 ms << 7 is more than 10 s
		wait = min(backoffFirst<<n, backoffMost)
	}
	return time.Duration(float64(wait) * (1 - jitter + 2*jitter*rand.Float64()))
}
