package doctor

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

func constant(t *testing.T, v any) spec.Value {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return spec.Value{Const: raw}
}

// examine makes the checks of a process alone.
func examine(t *testing.T, p *spec.Process) []Finding {
	t.Helper()
	p.Instance = "it"
	x := &examination{
		Options: Options{Plan: &spec.Plan{File: "p.actors", Processes: []*spec.Process{p}}, Getenv: os.LookupEnv},
		ctx:     t.Context(), seen: map[Finding]bool{},
	}
	x.needs()
	return x.findings
}

// expect demands one finding in a state, and words in it.
func expect(t *testing.T, findings []Finding, state State, words string) {
	t.Helper()
	for _, f := range findings {
		if f.State == state && strings.Contains(f.Found+": "+f.Help, words) {
			if state == Problem && f.Help == "" {
				t.Errorf("no way out of %q", f.Found)
			}
			return
		}
	}
	t.Errorf("no %s says %q: %+v", state, words, findings)
}

func TestAddresses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	dir := t.TempDir()
	u, err := net.Listen("unix", filepath.Join(dir, "taken"))
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if err := os.WriteFile(filepath.Join(dir, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := "tcp://" + l.Addr().String()
	for _, c := range []struct {
		endpoint string
		bind     bool
		state    State
		words    string
	}{
		{"tcp://127.0.0.1:*", true, OK, "can be bound"},
		{"tcp://*:*", true, OK, "can be bound"},
		{"tcp://lo:*", true, OK, "can be bound"},
		{"tcp://[::1]:*", true, OK, "can be bound"},
		{taken, true, Problem, "in use"},
		{"tcp://192.0.2.1:5555", true, Problem, "no such address"},
		{"tcp://localhost:5555", true, Problem, "binds no host names"},
		{"tcp://5555", true, Problem, "no host and port"},
		{taken, false, OK, "somebody listens"},
		{"tcp://" + closed.Addr().String(), false, Note, "nobody listens"},
		{"tcp://nowhere.invalid:5555", false, Problem, "not known"},
		{"ipc://" + dir + "/s", true, OK, "can be bound"},
		{"ipc://" + dir + "/taken", true, Problem, "somebody listens there already"},
		{"ipc://" + dir + "/taken", false, OK, "somebody listens"},
		{"ipc://" + dir + "/data", true, Problem, "would delete it"},
		{"ipc://" + dir + "/none/s", true, Problem, "mkdir"},
		{"ipc://" + dir + "/s", false, Note, "nobody listens"},
		{"ipc:///" + strings.Repeat("x", 120), true, Problem, "107"},
		{"ipc://@opencore-doctor-test", true, OK, "can be bound"},
		{"ipc://@opencore-doctor-test", false, Note, "nobody listens"},
		{"epgm://lo;239.192.1.1:5555", true, OK, "OpenPGM"},
		{"epgm://nothere;239.192.1.1:5555", true, Problem, "no network interface nothere"},
		{"epgm://127.0.0.1:5555", true, Problem, "no multicast group"},
		{"udp://127.0.0.1:5555", true, Problem, "no such transport"},
		{"inproc://a", true, OK, "within one process"},
	} {
		p := &spec.Process{Outs: []spec.Out{{Wires: []spec.OutWire{{Plain: &spec.Plain{Endpoint: constant(t, c.endpoint), Bind: c.bind}}}}}}
		findings := examine(t, p)
		if len(findings) != 1 {
			t.Errorf("%s: %+v", c.endpoint, findings)
			continue
		}
		expect(t, findings, c.state, c.words)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		t.Errorf("looking has deleted a file: %v", err)
	}
}

// What binding a port below 1024 gives depends on who does it, so that is said
// here.
func TestPrivilegedPort(t *testing.T) {
	x := &examination{seen: map[Finding]bool{}}
	a := &address{need: &need{x, &spec.Process{Instance: "it"}}, endpoint: "tcp://127.0.0.1:1", bind: true}
	a.bound("1", &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)})
	expect(t, x.findings, Problem, "below 1024")
}

func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	script := filepath.Join(dir, "model.py")
	for _, name := range []string{plain, script} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// An interpreter that knows no packages.
	python := filepath.Join(dir, "python3")
	if err := os.WriteFile(python, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		command []string
		lines   bool
		state   State
		words   string
	}{
		{"found", []string{"sh", "-c", "cat"}, true, OK, "/sh"},
		{"unknown", []string{"no-such-program"}, true, Problem, "in PATH"},
		{"no file", []string{dir + "/none"}, true, Problem, "there is no program"},
		{"not executable", []string{plain}, true, Problem, "chmod +x"},
		{"no script", []string{"sh", dir + "/none.sh"}, true, Problem, "none.sh to run"},
		{"flags before", []string{"sh", "-e", dir + "/none.sh"}, true, OK, "/sh"},
		{"script", []string{python, script}, true, OK, "model.py"},
		{"no package", []string{python, script}, false, Problem, "pip install pyzmq"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, examine(t, &spec.Process{Exec: &spec.Exec{Command: c.command, Lines: c.lines}}), c.state, c.words)
		})
	}
}

func TestVariables(t *testing.T) {
	none := "none"
	t.Setenv("OPENCORE_TEST_SET", "x")
	args := []spec.Arg{
		{Name: "a", Value: spec.Value{Env: "OPENCORE_TEST_SET"}},
		{Name: "b", Value: spec.Value{List: []spec.Value{{Env: "OPENCORE_TEST_UNSET"}}}},
		{Name: "c", Value: spec.Value{Env: "OPENCORE_TEST_OTHER", Default: &none}},
		{Name: "d", Value: spec.Value{Env: "OPENCORE_TEST_OWN"}},
		{Name: "e", Value: spec.Value{Secret: "OPENCORE_TEST_TOKEN"}},
		{Name: "f", Value: spec.Value{Secret: "OPENCORE_TEST_SET"}},
		{Name: "g", Value: spec.Value{Env: "OPENCORE_TEST_GIVEN"}},
	}
	env := []spec.Arg{{Name: "OPENCORE_TEST_OWN", Value: constant(t, "own")}, {Name: "OPENCORE_TEST_GIVEN", Value: spec.Value{Secret: "OPENCORE_TEST_SET"}}}
	findings := examine(t, &spec.Process{Args: args, Env: env})
	expect(t, findings, OK, "OPENCORE_TEST_SET is set")
	expect(t, findings, Problem, "OPENCORE_TEST_UNSET is not set")
	expect(t, findings, OK, "OPENCORE_TEST_OWN is set")
	expect(t, findings, Problem, "OPENCORE_TEST_TOKEN is not set")
	expect(t, findings, OK, "OPENCORE_TEST_GIVEN is set")
	if len(findings) != 5 {
		t.Errorf("%+v", findings)
	}
}

// A process that has most files open is the one that counts.
func TestFilesNeeded(t *testing.T) {
	p := &spec.Plan{}
	for range 10 {
		p.Processes = append(p.Processes, &spec.Process{Instance: "small", Replicas: 1})
	}
	if need, who := filesNeeded(p); who != "the supervisor" || need < 60 {
		t.Errorf("%s needs %d", who, need)
	}
	p.Processes[3] = &spec.Process{Instance: "big", Replicas: 1, Peers: make([]spec.Peer, 500)}
	if need, who := filesNeeded(p); who != "big" || need < 1000 {
		t.Errorf("%s needs %d", who, need)
	}
}

// The least version of Go is what go.mod says.
func TestLeastGo(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "\ngo " + strings.TrimPrefix(leastGo, "go"); !strings.Contains(string(mod), want) {
		t.Errorf("go.mod has another version than %s", leastGo)
	}
}
