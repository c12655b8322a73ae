package supervise

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

// runReal runs one process of an actor of childMain, and gives the result and
// what it wrote to standard error.
func runReal(t *testing.T, actor string, change func(*spec.Process, *Options)) (*Result, string) {
	t.Helper()
	p := planOf("a")
	p.Processes[0].Actor = actor
	p.Processes[0].Restart.Policy = "never"
	p.Params = []spec.Name{{Name: "input", Type: "string"}}
	var stderr strings.Builder
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	o := Options{Dir: dir, Transport: TCP, Events: func(e Event) {
		if l, ok := e.(Log); ok && l.Stderr {
			stderr.WriteString(l.Record.Message + "\n")
		}
	}}
	if change != nil {
		change(p.Processes[0], &o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	res, err := Run(ctx, p, "hash", o)
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("the run leaves %v", entries)
	}
	return res, stderr.String()
}

func TestRealProcesses(t *testing.T) {
	for _, c := range []struct {
		actor, reason, stderr string
		outcome               Outcome
	}{
		{"Well", "", "", Done},
		{"Crash", "it exited with status 3", "last words\n", Failed},
		{"Panic", "panic: boom", "panic: boom", Failed},
		{"Nonsense", "it wrote something to its control pipe, descriptor 4, that isn't ours", "", Failed},
		{"Torn", "it was killed by SIGKILL", "", Failed},
		{"Long", "", strings.Repeat("x", maxStderrLine) + " …\n", Done},
	} {
		t.Run(c.actor, func(t *testing.T) {
			res, stderr := runReal(t, c.actor, nil)
			expect(t, "outcome", res.Outcome, c.outcome)
			if !strings.HasPrefix(stderr, c.stderr) {
				t.Errorf("stderr %.200q, want %.200q", stderr, c.stderr)
			}
			if res.Failure != nil && !strings.HasPrefix(res.Failure.Reason, c.reason) {
				t.Errorf("reason %q, want %q", res.Failure.Reason, c.reason)
			}
		})
	}
}

func TestEnvironmentOfAChild(t *testing.T) {
	_, stderr := runReal(t, "Env", func(p *spec.Process, o *Options) {
		p.Env = []spec.Arg{{Name: "TOKEN", Value: spec.Value{Env: "OPENCORE_TEST_TOKEN"}}}
		o.Getenv = func(name string) (string, bool) { return "sesame", name == "OPENCORE_TEST_TOKEN" }
	})
	if !strings.HasPrefix(stderr, "TOKEN=sesame\n") {
		t.Error(stderr)
	}
}

func TestStdinGoesToWhoReadsIt(t *testing.T) {
	for path, want := range map[string]string{"-": `read "some input"`, "other": `read ""`} {
		t.Run(path, func(t *testing.T) {
			in, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if _, err := w.WriteString("some input"); err != nil {
				t.Fatal(err)
			}
			w.Close()
			_, stderr := runReal(t, "file.Lines", func(p *spec.Process, o *Options) {
				p.Args = []spec.Arg{{Name: "path", Value: spec.Value{Const: []byte(fmt.Sprintf("%q", path))}}}
				o.Launcher = &Exec{Stdin: in}
			})
			expect(t, "stderr", stderr, want+"\n")
		})
	}
}

// terminal opens a pseudo terminal (pty(7)).
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

func TestATerminalIsReadForTheChild(t *testing.T) {
	master, slave := terminal(t)
	if _, err := master.WriteString("typed\n\x04"); err != nil { // Ctrl-D ends it
		t.Fatal(err)
	}
	_, stderr := runReal(t, "file.Lines", func(p *spec.Process, o *Options) {
		p.Args = []spec.Arg{{Name: "path", Value: spec.Value{Param: "input"}}}
		o.Values = map[string]json.RawMessage{"input": []byte(`"-"`)}
		o.Launcher = &Exec{Stdin: slave}
	})
	expect(t, "stderr", stderr, "read \"typed\\n\"\n")
}

func TestWhereTheFoldersOfRunsAre(t *testing.T) {
	mine := t.TempDir()
	t.Setenv("TMPDIR", "/tmp/of/test")
	own := fmt.Sprintf("/tmp/of/test/opencore-%d", os.Getuid())
	for dir, want := range map[string]string{mine: filepath.Join(mine, "opencore"), "": own, ".": own, filepath.Join(mine, "missing"): own} {
		t.Setenv("XDG_RUNTIME_DIR", dir)
		expect(t, "with XDG_RUNTIME_DIR="+dir, folderParent(), want)
	}
}

func TestWhatAChildLeavesIsEnded(t *testing.T) {
	res, stderr := runReal(t, "Leave", nil)
	expect(t, "outcome", res.Outcome, Done)
	var pid int
	if _, err := fmt.Sscanf(stderr, "left %d", &pid); err != nil {
		t.Fatalf("%q: %v", stderr, err)
	}
	if err := syscall.Kill(pid, 0); err == nil && !zombie(pid) {
		t.Errorf("process %d lives on", pid)
	}
}

// zombie reports whether a process has ended but nobody has waited for it:
// whoever adopts it may take its time.
func zombie(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(status), ") Z ")
}

func TestKilledByHand(t *testing.T) {
	res, _ := runReal(t, "Wait", func(p *spec.Process, o *Options) {
		o.Events = func(e Event) {
			if s, ok := e.(Started); ok {
				if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			}
		}
	})
	if !strings.HasPrefix(res.Failure.Reason, "it was killed by SIGKILL") {
		t.Error(res.Failure.Reason)
	}
}

func TestRealChildrenAreTerminated(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := planOf("a b")
	for _, one := range p.Processes {
		one.Actor = "Wait"
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	res, err := Run(ctx, p, "hash", Options{Dir: dir, Transport: TCP, Drain: 10 * time.Millisecond, Events: func(e Event) {
		if _, ok := e.(Running); ok {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "status", res.Status(), StatusLeft)
	expect(t, "took less than SIGKILL needs", res.Took < terminateWithin, true)
}

func TestAKilledSupervisorLeavesNoOrphans(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SUPERVISE_TEST_ORPHANS="+dir)
	cmd.Stdout = w // its children inherit it, so it ends with the last of them
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	out := bufio.NewReader(r)
	if line, err := out.ReadString('\n'); line != "running\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if err := r.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
		t.Errorf("children live on (%v), or spoke: %q", err, rest)
	}
	f, err := newFolder(dir, TCP, planOf("a")) // sweeps what the dead run has left
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left: %v", entries)
	}
}

func TestChildrenAreWhatRunsEvenIfTheFileIsReplaced(t *testing.T) {
	x := &Exec{}
	path, err := x.path()
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "path", path, self)
	expect(t, "given", must(t, (&Exec{Path: "/bin/x"}).path), "/bin/x")
}

func must(t *testing.T, f func() (string, error)) string {
	t.Helper()
	s, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNumbersOfALogStayAsTheyAre(t *testing.T) {
	up, err := decodeUp([]byte(`{"log":{"msg":"x","attrs":{"n":101629120,"f":0.10}}}`))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "attributes", fmt.Sprint(up.Log.Attrs), "map[f:0.10 n:101629120]")
}

func TestReadLines(t *testing.T) {
	long := strings.Repeat("y", 200_000)
	var got []string
	readLines(strings.NewReader("one\n\n"+long+"\nlast"), 70_000, func(line []byte, end lineEnd) {
		got = append(got, fmt.Sprintf("%.3s %d %d", line, len(line), end))
	})
	expect(t, "lines", strings.Join(got, ", "), fmt.Sprintf("one 3 %d,  0 %[1]d, yyy 70000 %d, las 4 %d", whole, cut, torn))
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "oc")
	p := planOf("a>b")
	first, err := newFolder(dir, IPC, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, first.path} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	stale := filepath.Join(dir, "run-00000000")
	if err := os.MkdirAll(filepath.Join(stale, "within"), 0o700); err != nil {
		t.Fatal(err)
	}
	second, err := newFolder(dir, IPC, p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("a dead run's folder is still there: %v", err)
	}
	if _, err := os.Stat(first.path); err != nil {
		t.Errorf("a live run's folder is swept: %v", err)
	}
	first.close()
	second.close()
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left: %v", entries)
	}
}

func TestFolderRefuses(t *testing.T) {
	base := t.TempDir()
	path := func(name string) string { return filepath.Join(base, name) }
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.Mkdir(path("open"), 0o700))
	check(os.Chmod(path("open"), 0o755))
	check(os.Symlink(path("open"), path("link")))
	check(os.WriteFile(path("file"), nil, 0o600))
	for name, want := range map[string]string{
		"open":                   "can be entered by others (mode 0755, not 0700)",
		"link":                   "is a symbolic link",
		"file":                   "is not a folder",
		"missing/dir":            "can't be made",
		strings.Repeat("x", 100): "too long a path for sockets",
	} {
		f, err := newFolder(path(name), IPC, planOf("a"))
		if err == nil {
			f.close()
			t.Errorf("%s is taken", name)
			continue
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "XDG_RUNTIME_DIR") {
			t.Errorf("%s: %v; want %q and the way out", name, err, want)
		}
	}
	f, err := newFolder(path(strings.Repeat("x", 100)), TCP, planOf("a"))
	if err != nil {
		t.Fatalf("tcp needs no short path: %v", err)
	}
	f.close()
}
