package filter

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestBombs(t *testing.T) {
	for name, source := range bombs() {
		start := time.Now()
		_, problems := Check(source, quakeScope, typeBool)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: checking takes %s", name, took)
		}
		if len(problems) == 0 || len(problems) > maxProblems {
			t.Errorf("%s: %d problems", name, len(problems))
		}
		for _, p := range problems {
			checkPlace(t, source, p)
		}
	}
}

// TestLargeFilter has as many terms as the parser's limit allows.
func TestLargeFilter(t *testing.T) {
	source := "mag > 7" + strings.Repeat("||mag>7", 2_000) + " || ok"
	p, s := mustCompile(t, source, quakeScope, typeBool, nil)
	subject := newSubject(quake, quakeValue)
	if !p.Match(subject.payload, "") || !s.Match(subject.p, "") {
		t.Error("the last of many terms does not count")
	}
}

// TestResultLimit demands that a string over the limit is null, on the side of
// what computes it.
func TestResultLimit(t *testing.T) {
	m := message("M", []string{"s", "string", "n", "int"})
	payload := encode(m, object{"s": strings.Repeat("x", 600<<10), "n": 600 << 10})
	for source, want := range map[string]bool{
		`len(s + s) > 0`:                                      false,
		`len(lower(s)) > 0`:                                   true,
		`len(s) > 0`:                                          true,
		`len(replace(s, "x", "xx")) > 0`:                      false,
		`len(replace(s, "x", "")) >= 0`:                       true,
		`len(join([s, s], "")) > 0`:                           false,
		`len(split(s, "")) > 0`:                               false,
		`len(split(s, "y")) == 1`:                             true,
		`any([s, "a"], # == "a")`:                             true,
		`!(lower(s) + s startsWith "x")`:                      true,
		`len(lower(s)) == n && len(s) == n`:                   true,
		strings.Repeat(`len(upper(s)) == n && `, 40) + "true": true, // each is given back before the next
	} {
		p, _ := mustCompile(t, source, &Scope{Message: m}, typeBool, nil)
		if got := p.Match(payload, ""); got != want {
			t.Errorf("%s is %v", source, got)
		}
		if kept := cap(p.run.env.scratch); kept > keptBytes {
			t.Errorf("%s keeps %d bytes", source, kept)
		}
	}
}

// TestPredicateCost demands that the cost grows with the message, not with its
// square: four times the elements take four times as long, not sixteen.
func TestPredicateCost(t *testing.T) {
	m := message("M", []string{"tags", "[string]"})
	p, _ := mustCompile(t, `any(tags, upper(#) + "!" == "no" || any(split(#, ""), # == "x") || # in ["a", "b"])`, &Scope{Message: m}, typeBool, nil)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cost := func(n int) time.Duration {
		tags := make([]any, n)
		for i := range tags {
			tags[i] = fmt.Sprint("tag", i)
		}
		payload := encode(m, object{"tags": tags})
		least := time.Hour
		for range 5 {
			start := processorTime(t)
			if p.Match(payload, "") {
				t.Error("it matches")
			}
			least = min(least, processorTime(t)-start)
		}
		return least
	}
	if few, many := cost(2_000), cost(8_000); many > 10*few {
		t.Errorf("2,000 elements take %s, 8,000 take %s", few, many)
	}
}

// processorTime is what this thread has used: what else the machine does
// counts for nothing.
func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestNoAllocation demands that evaluating allocates nothing, once scratch has
// grown.
func TestNoAllocation(t *testing.T) {
	subject := newSubject(quake, quakeValue)
	right, _ := sources(t)
	for _, source := range right {
		if strings.Contains(source, " matches ") {
			continue // regexp has a pool, which the race detector empties at random
		}
		p, s := mustCompile(t, source, quakeScope, typeBool, quakeNames)
		if n := testing.AllocsPerRun(3, func() { p.Match(subject.payload, "topic") }); n > 0 {
			t.Errorf("%s on bytes: %v allocations", source, n)
		}
		if strings.Contains(source, "paths.") {
			continue // a map of messages is read by reflection
		}
		if n := testing.AllocsPerRun(3, func() { s.Match(subject.p, "topic") }); n > 0 {
			t.Errorf("%s on a struct: %v allocations", source, n)
		}
	}
	onBytes, onStruct := mustCompile(t, `id + "/" + upper(string(mag))`, quakeScope, typeString, quakeNames)
	dst := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(3, func() { dst = onStruct.AppendString(onBytes.AppendString(dst[:0], subject.payload), subject.p) }); n > 0 {
		t.Errorf("AppendString: %v allocations", n)
	}
	m := mapping(t, message("To", []string{"id", "string", "mag", "float", "legs", "[Leg]"}, leg), map[string]string{"id": "upper(id)"})
	big := make([]byte, 0, 1000)
	if n := testing.AllocsPerRun(3, func() { big, _ = m.Map(big[:0], subject.payload) }); n > 0 {
		t.Errorf("Map: %v allocations", n)
	}
}
