package interp

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/pflag"
	"go.uber.org/goleak"

	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMain plays the binary that Exec runs, and the program that calls Exec.
func TestMain(m *testing.M) {
	switch os.Getenv("INTERP_TEST") {
	case "app":
		os.Exit(appMain())
	case "exec":
		os.Setenv("INTERP_TEST", "binary")
		fmt.Println(Exec(os.Args[0], []byte("the plan"), []string{"--log=json", "x=1"}))
		os.Exit(1)
	case "binary":
		data, ok, err := inheritedPlan()
		_, still := os.LookupEnv(planFD)
		fmt.Printf("%s %v %v %v %v", data, ok, err, still, os.Args[1:])
		os.Exit(7)
	case "signals":
		fmt.Print(heeded())
		os.Exit(0)
	case "pipe":
		_, _, release := stops()
		_, err := os.Stderr.WriteString("to nobody")
		release()
		if errors.Is(err, syscall.EPIPE) {
			os.Exit(5)
		}
	}
	goleak.VerifyTestMain(m)
}

func TestExecHandsOnThePlan(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "INTERP_TEST=exec")
	out, _ := cmd.CombinedOutput()
	if got, want := string(out), "the plan true <nil> false [--log=json x=1]"; got != want || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("%q, status %d; want %q, status 7", got, cmd.ProcessState.ExitCode(), want)
	}
}

func TestExecOfNothingFails(t *testing.T) {
	if err := Exec(filepath.Join(t.TempDir(), "missing"), nil, nil); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
}

// output is a file that collects what is written to it.
func output(t *testing.T) (f *os.File, text func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, func() string {
		data, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

var ticker = &spec.Plan{
	Version: spec.Version, Program: "ticker", File: "dir/ticker.actors",
	Params: []spec.Name{
		{Name: "every", Type: "duration", Value: []byte("500000000"), Doc: "How often.\nIn words."},
		{Name: "path", Type: "string", Doc: "Where to write."},
	},
	Processes: []*spec.Process{{Instance: "clock", Replicas: 1, Actor: "timer.Every", Place: "ticker.actors:3:3", Source: true}},
	Start:     []spec.ProcessID{0},
}

func TestUsageErrors(t *testing.T) {
	actors := map[string]actor.Factory{"timer.Every": nil}
	for _, c := range []struct {
		args   []string
		plan   []byte
		actors map[string]actor.Factory
		want   string
	}{
		{[]string{"--transprt=tcp"}, plan.Encode(ticker), actors, "error: there is no flag --transprt; did you mean --transport?\n"},
		{[]string{"--zzz"}, plan.Encode(ticker), actors, "error: there is no flag --zzz; --help lists them\n"},
		{[]string{"--transport=udp"}, plan.Encode(ticker), actors, "error: invalid argument \"udp\" for \"--transport\" flag: it is one of ipc, tcp\n"},
		{[]string{"path=x", "every=x"}, plan.Encode(ticker), actors, "error: the parameter \"every\" (): \"x\" is not a duration, like 250ms or 1h30m\n"},
		{nil, plan.Encode(ticker), actors, "error: the parameter \"path\" must be given, as path=VALUE\n"},
		{[]string{"path=x"}, plan.Encode(ticker), nil, "error: this program has no handler for the actor timer.Every of ticker.actors:3:3; the binary that was built for the plan has\n"},
		{nil, []byte("{}"), actors, "error: version 0, not 1: the plan is of another version of opencore; compile it again\n"},
		{nil, nil, actors, "error: this program holds no plan; run it by \"opencore run\", or let \"opencore compile\" write one that does\n"},
		{[]string{"--log=json", "x=\x1b[31m"}, plan.Encode(&spec.Plan{Version: 1}), actors, `{"level":"ERROR","msg":"there is no parameter \"x\": graph main has none"}` + "\n"},
	} {
		stderr, text := output(t)
		status := Main(App{Args: c.args, Plan: c.plan, Actors: c.actors, Stdout: stderr, Stderr: stderr})
		if status != statusUsage || text() != c.want {
			t.Errorf("%v: status %d, %q; want 2, %q", c.args, status, text(), c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	stdout, text := output(t)
	if status := Main(App{Args: []string{"--help"}, Plan: plan.Encode(ticker), Stdout: stdout, Stderr: stdout}); status != 0 {
		t.Errorf("status %d", status)
	}
	const path = "testdata/help.txt"
	if *update {
		if err := os.WriteFile(path, []byte(text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || text() != string(want) {
		t.Errorf("help differs from %s (%v); run with -update and look at the diff:\n%s", path, err, text())
	}
}

func TestOptionsComeBackAsArgs(t *testing.T) {
	parse := func(args ...string) *Options {
		o := &Options{}
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.AddFlags(fs)
		if err := fs.Parse(args); err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, args := range [][]string{nil, {"--transport", "tcp", "--log", "json", "--drain", "5s", "--no-color"}} {
		o := parse(args...)
		if again := parse(o.Args()...); *again != *o {
			t.Errorf("%v comes back as %+v, not %+v", args, again, o)
		}
	}
}

// bundle writes a copy of the test's program with a plan behind it.
func bundle(t *testing.T, path string, data []byte) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBuffer(program)
	if err := plan.Append(b, data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestSignals(t *testing.T) {
	ctx, atOnce, release := stops()
	defer release()
	raise := func(s syscall.Signal) {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
	}
	raise(syscall.SIGTERM)
	<-ctx.Done()
	select {
	case <-atOnce:
		t.Fatal("one signal ends it at once")
	default:
	}
	raise(syscall.SIGINT)
	<-atOnce
}

func TestIgnoredSignalsStayIgnored(t *testing.T) {
	for trap, want := range map[string]string{
		"":                   "[terminated interrupt hangup]",
		"trap '' HUP;":       "[terminated interrupt]", // as nohup does
		"trap '' HUP INT;":   "[terminated]",
		"trap '' TERM HUP; ": "[terminated interrupt]",
	} {
		cmd := exec.Command("sh", "-c", trap+` exec "$0"`, os.Args[0])
		cmd.Env = append(os.Environ(), "INTERP_TEST=signals")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != want {
			t.Errorf("%s: %s, %v; want %s", trap, out, err, want)
		}
	}
}

func TestNobodyReadsWhatWeWrite(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "INTERP_TEST=pipe")
	cmd.Stderr = w
	_ = cmd.Run()
	if status := cmd.ProcessState.ExitCode(); status != 5 {
		t.Errorf("status %d (-1: killed by SIGPIPE), want 5", status)
	}
}
