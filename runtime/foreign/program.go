package foreign

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/runtime/actor"
	"github.com/ilpomo/opencore/runtime/spec"
)

// What a program may have.
const (
	maxFiles   = 4096             // open ones
	maxLogLine = 8 << 10          // bytes of a line that it prints
	pipesLast  = time.Second      // how long its pipes are read when it is gone: a descendant may hold them
	exitWithin = 5 * time.Second  // how long it may take to exit when all is said
	readySoon  = spec.ReadyWithin // how long to say that it is ready
)

// A program runs as the leader of a process group of its own.
type program struct {
	cmd    *exec.Cmd
	log    *slog.Logger
	exited chan struct{} // closed when it has exited, and all that it printed has been read
	status syscall.WaitStatus
	stdin  *os.File // ours; nil if it has none
	pipes  []pipe
	out    sync.WaitGroup // those who read the pipes

	mu       sync.Mutex
	lastLine string // of stderr
	waited   bool   // its number may belong to another
}

type pipe struct {
	ours, theirs *os.File
	read         func(io.Reader)
}

// launch starts a program. output reads its stdout; nil: its lines are logged.
// gone is called when it has exited.
func launch(c *Config, extra []string, stdin bool, output func(io.Reader), gone func()) (*program, error) {
	p := &program{log: c.Log, exited: make(chan struct{})}
	p.cmd = exec.Command(interpreter(c), c.Process.Exec.Command[1:]...)
	p.cmd.Env = append(environment(c), extra...)
	// Pdeathsig comes when the thread ends that has started the program, so
	// that one lives as long.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if output == nil {
		output = func(r io.Reader) { readLines(r, func(line string) { p.log.Info(line) }) }
	}
	if err := p.open(stdin, output); err != nil {
		p.closePipes()
		return nil, fmt.Errorf("the program gets no pipes: %w", err)
	}
	started := make(chan error)
	go p.run(c.Running, started, gone)
	if err := <-started; err != nil {
		return nil, &actor.Error{Config: true, Err: fmt.Errorf("the program can't be started: %w", plainly(err))}
	}
	return p, nil
}

// venv is the Python of a project's own packages, where projects have it.
const venv = ".venv/bin/python3"

// interpreter gives the path or the name of the command.
func interpreter(c *Config) string {
	chosen := slices.ContainsFunc(c.Environ, func(v string) bool { return strings.HasPrefix(v, "VIRTUAL_ENV=") })
	return Interpreter(c.Process.Exec.Command[0], chosen)
}

// Interpreter gives the path or the name of what a command starts: of Python
// the project's own, if nobody has chosen another by VIRTUAL_ENV.
func Interpreter(command string, chosen bool) string {
	if (command == "python3" || command == "python") && !chosen {
		if path, err := exec.LookPath(venv); err == nil {
			return path
		}
	}
	return command
}

// plainly says what is wrong without naming the call that found out.
func plainly(err error) error {
	if e, ok := errors.AsType[*exec.Error](err); ok && strings.Contains(e.Name, " ") {
		return fmt.Errorf("%w; each word of a command is a string of its own", err)
	}
	if path, ok := errors.AsType[*os.PathError](err); ok && errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%s: %w; chmod +x lets it be run", path.Path, path.Err)
	}
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	return err
}

// open makes the pipes. Without one stdin is empty.
func (p *program) open(stdin bool, output func(io.Reader)) error {
	for _, read := range []func(io.Reader){output, p.readErrors} {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		p.pipes = append(p.pipes, pipe{r, w, read})
	}
	p.cmd.Stdout, p.cmd.Stderr = p.pipes[0].theirs, p.pipes[1].theirs
	if !stdin {
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	p.pipes = append(p.pipes, pipe{ours: w, theirs: r})
	p.cmd.Stdin, p.stdin = r, w
	return nil
}

func (p *program) closePipes() {
	for _, one := range p.pipes {
		one.ours.Close()
		one.theirs.Close() // a second time is an error that changes nothing
	}
}

// run is the thread that starts the program and waits for it. It may gain no
// privileges, and neither may the program; the thread ends with it.
func (p *program) run(running func(int, bool), started chan<- error, gone func()) {
	goruntime.LockOSThread()
	err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.closePipes()
		started <- err
		return
	}
	p.limit()
	for _, one := range p.pipes {
		one.theirs.Close()
		if one.read != nil {
			p.out.Go(func() { one.read(&remains{one.ours, pipesLast}) })
		}
	}
	running(p.cmd.Process.Pid, false)
	started <- nil
	p.wait()
	running(p.cmd.Process.Pid, true)
	close(p.exited)
	gone()
}

// limit bounds what the program may use, as soon as it is there. It can't fail
// but where the program has exited already.
func (p *program) limit() {
	pid := p.cmd.Process.Pid
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
	files := unix.Rlimit{Cur: maxFiles, Max: maxFiles}
	var now unix.Rlimit
	if unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &now) == nil && now.Max > maxFiles {
		_ = unix.Prlimit(pid, unix.RLIMIT_NOFILE, &files, nil)
	}
}

// wait waits for the program, ends what it has left behind, and reads what it
// has printed. Until then its number is its own.
func (p *program) wait() {
	pid := p.cmd.Process.Pid
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	p.mu.Lock()
	_ = unix.Kill(-pid, unix.SIGKILL)
	_ = p.cmd.Wait() // the status says all
	p.status = p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	p.waited = true
	p.mu.Unlock()
	for _, one := range p.pipes {
		if one.read != nil {
			_ = one.ours.SetReadDeadline(time.Now())
		}
	}
	p.out.Wait()
	for _, one := range p.pipes {
		if one.read != nil {
			one.ours.Close()
		}
	}
}

// remains reads a pipe whose writer may be gone: to its end, or until nothing
// comes for so long after its deadline. Whoever reads may take its time in
// between.
type remains struct {
	file *os.File
	last time.Duration
}

// Read implements [io.Reader].
func (r *remains) Read(b []byte) (int, error) {
	n, err := r.file.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = r.file.SetReadDeadline(time.Now().Add(r.last)) // pipes have deadlines
		n, err = r.file.Read(b)
	}
	return n, err
}

// signal reaches the whole process group.
func (p *program) signal(s unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.waited {
		_ = unix.Kill(-p.cmd.Process.Pid, s)
	}
}

// end has the program exit within grace, or kills it.
func (p *program) end(grace time.Duration) {
	p.signal(unix.SIGTERM)
	if !p.exits(grace) {
		p.signal(unix.SIGKILL)
		<-p.exited
	}
}

// exits waits for the program for so long.
func (p *program) exits(within time.Duration) bool {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case <-p.exited:
		return true
	case <-t.C:
		return false
	}
}

// failure says how a program exited that was not to: before, while or although,
// as when tells. It may be called when it has exited.
func (p *program) failure(when string) error {
	err := fmt.Errorf("the program %s %s%s", outcome(p.status), when, p.words())
	if p.status.Exited() && p.status.ExitStatus() == spec.ExitParams {
		return &actor.Error{Config: true, Err: err}
	}
	return err
}

// outcome says in words how a program ended.
func outcome(s syscall.WaitStatus) string {
	switch {
	case !s.Signaled():
		return fmt.Sprintf("exited with status %d", s.ExitStatus())
	case s.Signal() == syscall.SIGKILL:
		return "was killed by SIGKILL (by hand, or because memory ran out: look at dmesg)"
	default:
		return "was killed by " + unix.SignalName(s.Signal())
	}
}

// words are the last ones that the program wrote to stderr.
func (p *program) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lastLine == "" {
		return ""
	}
	return ": " + p.lastLine + advice(p.lastLine)
}

// needed are the Python packages of clients/python.
var needed = []string{"opencore", "zmq", "msgspec"}

// advice says what to do about last words that many hear who begin.
func advice(words string) string {
	for _, name := range needed {
		if words == "ModuleNotFoundError: No module named '"+name+"'" {
			return " (install it: python3 -m venv .venv && .venv/bin/pip install -r requirements.txt)"
		}
	}
	return ""
}

func (p *program) readErrors(r io.Reader) {
	readLines(r, func(line string) {
		p.log.Info(line)
		if strings.TrimSpace(line) != "" {
			p.mu.Lock()
			p.lastLine = line
			p.mu.Unlock()
		}
	})
}

// readLines reads what a program prints, as it may be shown.
func readLines(r io.Reader, each func(line string)) {
	b := bufio.NewReaderSize(r, maxLogLine)
	cut := false
	for {
		part, err := b.ReadSlice('\n')
		text := strings.TrimRight(string(part), "\r\n")
		full := errors.Is(err, bufio.ErrBufferFull)
		if full {
			text += "…"
		}
		if !cut && (err == nil || text != "") {
			each(printable.Text(text))
		}
		if err != nil && !full {
			return
		}
		cut = full
	}
}

// allowed are the variables that a program sees of the run's environment.
var allowed = []string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV"}

// environment gives the program's variables: the allowed ones, and what the
// instance sets.
func environment(c *Config) []string {
	list := []string{"PYTHONUNBUFFERED=1"} // what comes later leads
	for _, v := range c.Environ {
		name, _, _ := strings.Cut(v, "=")
		own := slices.ContainsFunc(c.Process.Env, func(a spec.Arg) bool { return a.Name == name })
		if own || slices.Contains(allowed, name) || strings.HasPrefix(name, "LC_") {
			list = append(list, v)
		}
	}
	return list
}
