package interp

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/actor"
)

// newPeeker sends, for each number, how many connections there are over Unix
// sockets of runs in this test's own folder.
func newPeeker(s *actor.Setup) (*actor.Instance, error) {
	out := port(s, "out")
	return &actor.Instance{In: map[string]actor.Incoming{"numbers": {Message: func(ctx context.Context, _ []byte) error {
		n, err := connections(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "opencore"))
		if err != nil {
			return err
		}
		return out.Send(ctx, encoded(n))
	}}}}, nil
}

// connections counts the connected Unix sockets that lie in a folder.
func connections(folder string) (n int64, err error) {
	table, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return 0, err
	}
	const connected = "03"
	for line := range bytes.Lines(table) {
		f := strings.Fields(string(line))
		if len(f) == 8 && f[5] == connected && strings.HasPrefix(f[7], folder) {
			n++
		}
	}
	return n, nil
}

func TestWhatPassesWithinAGroupNeverLeavesIt(t *testing.T) {
	for _, setting := range []string{"process hot", ""} {
		p := newProgram(t, fmt.Sprintf(`message N { n int }
		actor Peeker { in numbers N, push out N }
		graph main {
			load = gen.Messages<N>(count: 1) %[1]s
			peek = Peeker() %[1]s
			out  = file.Write(path: "-") %[1]s
			load -> peek -> out
		}`, setting))
		p.cmd.Env = append(p.cmd.Env, "XDG_RUNTIME_DIR="+t.TempDir())
		status, _ := p.run(t)
		alone := p.stdout.String() == "{\"n\":0}\n"
		if status != 0 || alone != (setting != "") || p.stdout.Len() == 0 {
			t.Errorf("%q: status %d, connections %s%s", setting, status, p.stdout.String(), p.stderr.String())
		}
	}
}

// pids gives the numbers of the OS processes that ran each process of a run.
func pids(t *testing.T, graph string, args ...string) (of map[string][]int, end record) {
	t.Helper()
	of = map[string][]int{}
	end = newProgram(t, actors+graph, append(args, "--log=json")...).follow(t, func(r record) {
		if r.Msg == "started" {
			of[r.Process] = append(of[r.Process], r.PID)
		}
	})
	return of, end
}

func TestAGroupIsOneProcess(t *testing.T) {
	for _, transport := range []string{"ipc", "tcp"} {
		of, end := pids(t, `graph main {
			load  = gen.Messages<N>(count: 10_000) process hot
			inner = Crasher(how: "") process hot
			outer = Crasher(how: "")
			count = flow.Count() process hot
			load -> inner -> outer -> count
		}`, "--transport="+transport)
		if end.Status != 0 || end.Lost > 0 {
			t.Errorf("%+v", end)
		}
		if load := of["load"]; len(load) != 1 || !slices.Equal(load, of["inner"]) || !slices.Equal(load, of["count"]) || slices.Equal(load, of["outer"]) {
			t.Errorf("%s: %v", transport, of)
		}
	}
}

func TestAGroupRestartsAsOne(t *testing.T) {
	for _, how := range []string{"panic", "kill"} {
		of, end := pids(t, fmt.Sprintf(`graph main {
			load   = gen.Messages<N>(count: 200)
			middle = Crasher(how: %q) process hot restart on_failure max 3 in 1m
			count  = flow.Count() process hot restart on_failure max 3 in 1m
			load -> middle -> count
		}`, how))
		if end.Msg != "done" || end.Lost == 0 {
			t.Errorf("%s: %+v", how, end)
		}
		if len(of["middle"]) != 2 || !slices.Equal(of["middle"], of["count"]) || of["middle"][0] == of["middle"][1] || len(of["load"]) != 1 {
			t.Errorf("%s: %v", how, of)
		}
	}
}

func TestAGroupFailsAsOne(t *testing.T) {
	p := newProgram(t, actors+`graph main {
		load   = gen.Messages<N>(count: 200)
		middle = Crasher(how: "panic") process hot restart never
		count  = flow.Count() process hot restart never
		load -> middle -> count
	}`)
	status, last := p.run(t)
	if status != 3 || last != "failed after 1ms: middle (test.actors:10:3): panic: boom" {
		t.Errorf("status %d, last line %q\n%s", status, last, p.stderr.String())
	}
	for _, want := range []string{
		"middle  crashed: panic: boom\n",
		"count   crashed: middle, in the same OS process (\"hot\"), failed: panic: boom\n",
	} {
		if !strings.Contains(p.stderr.String(), want) {
			t.Errorf("%q is missing in\n%s", want, p.stderr.String())
		}
	}
}
