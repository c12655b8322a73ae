package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/term"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Exec launches children as OS processes: copies of the program that runs. One
// goroutine launches. Each child leads a process group of its own, so that Ctrl-C on a terminal reaches
// the supervisor alone, and so that what a child starts ends with it.
type Exec struct {
	Path   string   // of the program; "": the one that runs
	Args   []string // put before the process's title
	Stdout *os.File // that children inherit; nil: ours
	Stdin  *os.File // that the child gets that reads it; nil: ours

	pumped *os.File // what is typed on a terminal; nil until somebody reads it
}

// Launch implements [Launcher].
func (x *Exec) Launch(c Command, say func(Said)) (Child, error) {
	p, err := newPipes()
	if err != nil {
		return nil, err
	}
	cmd, err := x.command(c)
	if err == nil {
		cmd.Stderr, cmd.ExtraFiles = p.stderr.theirs, []*os.File{p.down.theirs, p.up.theirs}
		err = cmd.Start()
	}
	p.each(func(one pipe) { one.theirs.Close() })
	if err != nil {
		p.each(func(one pipe) { one.ours.Close() })
		return nil, err
	}
	child := newExecChild(cmd, p)
	if c.Launch != nil {
		child.Tell(spec.Down{Launch: c.Launch})
	} else {
		child.Tell(spec.Down{Group: &spec.Group{Name: c.Group}})
	}
	go child.live(say)
	return child, nil
}

func (x *Exec) command(c Command) (*exec.Cmd, error) {
	path, err := x.path()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, append(x.Args, c.title())...)
	cmd.Env = append(append(os.Environ(), c.Env...), spec.ChildVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout = x.stdout()
	if c.Stdin {
		cmd.Stdin, err = x.stdin()
	}
	return cmd, err
}

// title is what the process is called where processes are listed.
func (c Command) title() string {
	if c.Launch == nil {
		return c.Group
	}
	return c.Launch.Process.Title()
}

// path is the program that runs. If its file was replaced since, as when it
// is built anew, the kernel still has the old one, and children must match us.
func (x *Exec) path() (string, error) {
	if x.Path != "" {
		return x.Path, nil
	}
	const self = "/proc/self/exe"
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("the path of this program: %w", err)
	}
	ours, err := os.Stat(self)
	if err != nil {
		return path, nil // no /proc: not Linux
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(ours, there) {
		return self, nil
	}
	return path, nil
}

func (x *Exec) stdout() *os.File {
	if x.Stdout != nil {
		return x.Stdout
	}
	return os.Stdout
}

// stdin is what a child reads as standard input. A child is not in the
// terminal's foreground process group, so the terminal would stop it where it
// reads; there we read for it.
func (x *Exec) stdin() (*os.File, error) {
	in := x.Stdin
	if in == nil {
		in = os.Stdin
	}
	if !term.IsTerminal(int(in.Fd())) {
		return in, nil
	}
	if x.pumped == nil {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		x.pumped = r
		go pump(w, in)
	}
	return x.pumped, nil
}

// pump copies until in ends. Nothing waits for it: a read from a terminal
// can't be interrupted, and ends with our process.
func pump(w *os.File, in *os.File) {
	defer w.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := in.Read(buffer)
		if _, failed := w.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}
