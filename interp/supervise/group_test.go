package supervise

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A scene is a group whose OS processes a test plays.
type scene struct {
	groups *groups
	hosts  []*stage
	heard  []string // what members said: "a: ready"
}

// A stage is an OS process of a scene.
type stage struct {
	command Command
	say     func(Said)
	told    []string
}

func newScene() *scene {
	s := &scene{}
	s.groups = newGroups(s)
	return s
}

// Launch implements Launcher.
func (s *scene) Launch(c Command, say func(Said)) (Child, error) {
	s.hosts = append(s.hosts, &stage{command: c, say: say})
	return s.hosts[len(s.hosts)-1], nil
}

func (h *stage) PID() int   { return 7 }
func (h *stage) Terminate() { h.told = append(h.told, "terminate") }
func (h *stage) Kill()      { h.told = append(h.told, "kill") }

func (h *stage) Tell(d spec.Down) {
	to := "all"
	if d.Member != nil {
		to = string(rune('a' + *d.Member))
	}
	switch {
	case d.Launch != nil:
		to += " launch"
	case d.Now:
		to += " now"
	case d.Go:
		to += " go"
	}
	h.told = append(h.told, to)
}

// launch asks for the process with this letter.
func (s *scene) launch(t *testing.T, name string) Child {
	t.Helper()
	p := &spec.Process{ID: spec.ProcessID(name[0] - 'a'), Instance: name, Replicas: 1, Group: "hot"}
	c, err := s.groups.Launch(Command{Launch: &spec.Launch{Process: p}, Env: []string{"X=1"}}, func(said Said) {
		s.heard = append(s.heard, name+": "+words(said))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func words(s Said) string {
	switch {
	case s.Exit != nil:
		return fmt.Sprint("exit ", s.Exit.Code)
	case s.Up != nil && s.Up.Ready:
		return "ready"
	case s.Up != nil && s.Up.Failed != nil:
		return "failed, " + s.Up.Failed.Reason
	case s.Fault != "":
		return s.Fault + " in " + s.Group
	default:
		return s.Stderr + " in " + s.Group
	}
}

// up has an OS process say something for the member with this letter.
func (h *stage) up(name string, u spec.Up) {
	id := spec.ProcessID(name[0] - 'a')
	u.Member = &id
	h.say(Said{Up: &u})
}

func (h *stage) exits(name string, status int) { h.up(name, spec.Up{Exit: &status}) }

func (s *scene) expect(t *testing.T, host int, told, heard string) {
	t.Helper()
	if got := strings.Join(s.hosts[host].told, ", "); got != told {
		t.Errorf("told %q, want %q", got, told)
	}
	if got := strings.Join(s.heard, ", "); got != heard {
		t.Errorf("heard %q, want %q", got, heard)
	}
	s.hosts[host].told, s.heard = nil, nil
}

func TestMembersShareOneChild(t *testing.T) {
	s := newScene()
	a, b := s.launch(t, "a"), s.launch(t, "b")
	if len(s.hosts) != 1 || a.PID() != 7 || b.PID() != 7 || s.hosts[0].command.Group != "hot" || s.hosts[0].command.Env[0] != "X=1" {
		t.Fatalf("%d hosts: %+v", len(s.hosts), s.hosts[0])
	}
	b.Tell(spec.Down{Go: true})
	s.hosts[0].up("b", spec.Up{Ready: true})
	s.hosts[0].say(Said{Stderr: "hm"})
	s.expect(t, 0, "a launch, b launch, b go", "b: ready, a: hm in hot")
}

func TestAMemberEndsAndIsLaunchedAgain(t *testing.T) {
	s := newScene()
	s.launch(t, "a")
	s.launch(t, "b")
	s.hosts[0].exits("a", 0)
	s.expect(t, 0, "a launch, b launch", "a: exit 0")
	s.launch(t, "a")
	s.expect(t, 0, "a launch", "")
	s.hosts[0].exits("b", 0)
	s.hosts[0].exits("a", 0) // the last: it has exited when its process has
	s.expect(t, 0, "all now", "b: exit 0")
	s.launch(t, "b")
	if len(s.hosts) != 2 {
		t.Fatal("a member was launched into a process that exits")
	}
	s.hosts[0].say(Said{Exit: &Exit{}})
	s.expect(t, 1, "b launch", "a: exit 0")
	s.launch(t, "a")
	s.expect(t, 1, "a launch", "")
}

func TestTheExitOfAGroup(t *testing.T) {
	s := newScene()
	for _, name := range []string{"a", "b", "c"} {
		s.launch(t, name)
	}
	s.hosts[0].exits("c", 0)
	s.hosts[0].up("b", spec.Up{Failed: &spec.Failed{Reason: "panic: boom"}})
	s.hosts[0].say(Said{Stderr: "goroutine 1"})
	s.hosts[0].say(Said{Exit: &Exit{Code: spec.ExitPanic}})
	s.expect(t, 0, "a launch, b launch, c launch", "c: exit 0, b: failed, panic: boom, b: goroutine 1 in hot, b: exit 70, "+
		`a: failed, b, in the same OS process ("hot"), failed: panic: boom, a: exit 1`)
	s.launch(t, "b")
	if len(s.hosts) != 2 {
		t.Fatal("a member was launched into a process that has exited")
	}
	s.hosts[1].say(Said{Fault: "garbage"})
	s.hosts[1].say(Said{Exit: &Exit{Code: -1, Signal: 9}})
	s.expect(t, 1, "b launch", "b: garbage in hot, b: exit -1")
}

func TestMembersAreEndedAlone(t *testing.T) {
	s := newScene()
	a, b := s.launch(t, "a"), s.launch(t, "b")
	a.Terminate()
	s.expect(t, 0, "a launch, b launch, a now", "")
	b.Terminate()
	b.Kill()
	s.expect(t, 0, "terminate, kill", "")
	s.hosts[0].exits("a", 143)
	s.hosts[0].exits("b", 143)
	s.hosts[0].say(Said{Exit: &Exit{Code: 143}})
	s.expect(t, 0, "all now", "a: exit 143, b: exit 143")
}

func TestAMemberThatFailedAndExitedIsNotToBlame(t *testing.T) {
	s := newScene()
	s.launch(t, "a")
	s.launch(t, "b")
	s.hosts[0].up("a", spec.Up{Failed: &spec.Failed{Reason: "too late"}})
	s.hosts[0].exits("a", 143)
	s.hosts[0].say(Said{Exit: &Exit{Code: 2}})
	s.expect(t, 0, "a launch, b launch", "a: failed, too late, a: exit 143, b: exit 2")
}
