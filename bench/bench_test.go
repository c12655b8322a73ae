package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// fixed is a run that gives one figure after the other.
func fixed(figures ...float64) func() ([]float64, error) {
	return func() ([]float64, error) {
		x := figures[0]
		figures = figures[1:]
		return []float64{x}, nil
	}
}

func hold(t *testing.T, c contest) []outcome {
	t.Helper()
	b := &bench{ctx: t.Context(), rounds: 3, built: map[string]error{"gone": fmt.Errorf("%w: no such thing\nat all", errAbsent)}}
	outcomes, err := b.hold(c)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func TestContest(t *testing.T) {
	outcomes := hold(t, contest{
		name: "speed", metrics: []metric{{unit: "msg/s"}},
		ours: fixed(11, 10, 20, 22, 30, 30), // two turns a round, the first turns the other way round
		peers: []peer{
			{name: "other", goals: []float64{2}, run: fixed(5, 10, 10)},
			{name: "missing", goals: []float64{2}, needs: []string{"gone"}},
		},
	})
	var b bytes.Buffer
	if err := printTable(&b, outcomes); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"20.0 (10.0 to 30.0) msg/s", "10.0 (5.00 to 10.0)", "2.00 (2.00 to 3.00)", "at least 2 times  met",
		"not here: no such thing ", "opencore again  22.0 (11.0 to 30.0)", "0.91 (0.91 to 1.00)",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &b)
		}
	}
}

func TestLessIsBetter(t *testing.T) {
	o := outcome{Name: "time", Unit: "us", Less: true, Ours: series{12}, Rivals: []rival{{Name: "other", Goal: 1.1, Values: series{10}}}}
	if l := o.lines()[0]; l.verdict != "not met" || l.goal != "at most 1.1 times" {
		t.Errorf("12 us against 10 is %+v", l)
	}
	o = outcome{Name: "start", Unit: "ms", Less: true, Limit: 300, Ours: series{299}}
	if l := o.lines()[0]; l.verdict != "met" || l.goal != "at most 300 ms" {
		t.Errorf("299 ms of 300 is %+v", l)
	}
}

func TestContestFails(t *testing.T) {
	b := &bench{ctx: t.Context(), rounds: 1}
	broken := errors.New("it broke")
	fails := func() ([]float64, error) { return nil, broken }
	if _, err := b.hold(contest{metrics: []metric{{}}, ours: fails}); !errors.Is(err, broken) {
		t.Errorf("ours: got %v, want that it broke", err)
	}
	outcomes, err := b.hold(contest{metrics: []metric{{}}, ours: fixed(1, 1), peers: []peer{{name: "other", run: fails}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomes[0].Rivals[0].Absent; got != "it failed, it broke" {
		t.Errorf("a peer that fails is absent since %q", got)
	}
}

func TestResultsAreKept(t *testing.T) {
	folder := t.TempDir()
	all := &results{}
	all.keep([]outcome{{Name: "a", Ours: series{1}}, {Name: "b", Metric: "p50", Ours: series{2}}, {Name: "b", Metric: "p99", Ours: series{3}}})
	all.keep([]outcome{{Name: "b", Metric: "p50", Ours: series{4}}})
	if err := all.write(folder); err != nil {
		t.Fatal(err)
	}
	all, err := readResults(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, o := range all.Outcomes {
		got = append(got, o.Ours...)
	}
	if want := []float64{1, 4, 3}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

// A command that dies and leaves a child that holds its stdout is over, and so
// is the child: nobody holds the fifo open any more.
func TestCommandLeavesNothing(t *testing.T) {
	b := &bench{ctx: t.Context()}
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := b.output("sh", "-c", `sleep 1000 3>"$0" & exit 1`, fifo)
		ended <- err
	}()
	held, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := <-ended; err == nil {
		t.Error("a command that exits with 1 succeeds")
	}
	if _, err := io.ReadAll(held); err != nil {
		t.Error(err)
	}
}
