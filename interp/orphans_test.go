package interp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// scripts are of programs that have started another one. Both hold the named
// pipe "alive" open as long as they live, and say when both run.
var scripts = map[string]string{
	"usual":    "exec 9>alive; sleep 600 & echo up >&9; exec cat >/dev/null",
	"stubborn": "trap '' TERM HUP INT; exec 9>alive; sleep 600 & echo up >&9; wait",
	"deaf":     "trap '' TERM HUP INT; exec 9>alive; sleep 600 & head -c 1 >/dev/null; echo up >&9; wait", // its host is within a write
}

const shell = `message N { n int, text string }
	actor Shell exec ["sh", "-c", %q] lines { in numbers N }
	graph main {
		load  = gen.Messages<N>(size: 512KiB)
		shell = Shell() restart never
		load -> shell
	}`

// outlive is how long descendants may outlive who is killed: a second, and some
// more on a busy machine.
const outlive = 3 * time.Second

func TestNoProgramOutlivesWhoIsKilled(t *testing.T) {
	for _, c := range [][2]string{{"host", "usual"}, {"supervisor", "usual"}, {"host", "stubborn"}, {"supervisor", "stubborn"}, {"host", "deaf"}, {"supervisor", "deaf"}} {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			t.Parallel()
			victim, script := c[0], scripts[c[1]]
			p := newProgram(t, fmt.Sprintf(shell, script), "--log=json")
			alive := lifeline(t, filepath.Join(p.cmd.Dir, "alive"))
			host := 0
			p.follow(t, func(rec record) {
				switch {
				case rec.Msg == "started" && rec.Process == "shell":
					host = rec.PID
				case rec.Msg == "running":
					if victim == "supervisor" {
						host = p.cmd.Process.Pid
					}
					killAndWait(t, host, alive())
				}
			})
		})
	}
}

// lifeline makes a named pipe. It gives what opens it, which waits for somebody
// who writes to it.
func lifeline(t *testing.T, path string) func() *os.File {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() *os.File {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
}

// killAndWait kills a process when all who hold a lifeline run, and waits for
// their end, which is that of the pipe.
func killAndWait(t *testing.T, pid int, alive *os.File) {
	t.Helper()
	lines := bufio.NewReader(alive)
	if line, err := lines.ReadString('\n'); line != "up\n" {
		t.Fatalf("the program says %q, %v", line, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	if err := alive.SetReadDeadline(killed.Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := lines.ReadByte(); !errors.Is(err, io.EOF) {
		t.Fatalf("descendants live on: %v", err)
	}
	if took := time.Since(killed); took > outlive {
		t.Errorf("descendants lived on for %s", took)
	} else {
		t.Logf("the last ended after %s", took)
	}
}
