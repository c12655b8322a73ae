package prove

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/lang/model"
)

// What is said of restarts holds for the waits of interp/supervise.
func TestWaitsAreTheSupervisors(t *testing.T) {
	text, err := os.ReadFile("../../interp/supervise/budget.go")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Join(strings.Fields(string(text)), " ")
	for _, line := range []string{"backoffFirst = 100 * time.Millisecond", "backoffMost = 10 * time.Second", "jitter = 0.2"} {
		if !strings.Contains(fields, line) {
			t.Errorf("the supervisor doesn't say %q", line)
		}
	}
}

// TestBudget crashes a process at every start, by the supervisor's rules. What
// is reported is never given up; the restarts that the hint proposes are.
func TestBudget(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	reported := 0
	for range 2000 {
		r := model.Restart{Policy: "always", Max: 1 + random.IntN(25), Within: time.Duration(random.ExpFloat64() * 40 * float64(time.Second))}
		v := &prover{}
		v.budget(&model.Instance{Name: "x", Restart: r})
		if len(v.found) == 0 {
			continue
		}
		reported++
		if n := crashes(r, random); n < 1000 {
			t.Fatalf("max %d in %s is reported, and given up after %d crashes", r.Max, r.Within, n)
		}
		if r.Max = mostWithin(r.Within); r.Max > 0 && crashes(r, random) > r.Max+1 {
			t.Fatalf("max %d in %s is proposed, and not given up", r.Max, r.Within)
		}
	}
	if reported < 100 || reported > 1900 {
		t.Errorf("%d of 2000 are reported: the test sees too little", reported)
	}
}

// crashes counts how often a process crashes until it is given up, 1,000 times
// at most. Starting takes no time, which is the hardest.
func crashes(r model.Restart, random *rand.Rand) int {
	var spent []time.Duration
	now := time.Duration(0)
	for n := 1; n < 1000; n++ {
		spent = slices.DeleteFunc(spent, func(t time.Duration) bool { return now-t >= r.Within })
		if len(spent) >= r.Max {
			return n
		}
		wait := min(backoffFirst<<min(len(spent), 10), backoffMost)
		spent = append(spent, now)
		now += time.Duration(float64(wait) * (1 - jitter + 2*jitter*random.Float64()))
	}
	return 1000
}
