package supervise

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Bounds on what a child may say in one line.
const (
	maxControlLine = 1 << 20
	maxStderrLine  = 64 << 10
)

// pipesWithin is how long we read on when a child is gone: a descendant of it
// may hold its end of a pipe open for ever.
const pipesWithin = time.Second

// Pipes connect us with a child.
type pipes struct{ down, up, stderr pipe }

type pipe struct{ ours, theirs *os.File }

func newPipes() (*pipes, error) {
	p := &pipes{}
	var errs [3]error
	p.down.theirs, p.down.ours, errs[0] = os.Pipe()
	p.up.ours, p.up.theirs, errs[1] = os.Pipe()
	p.stderr.ours, p.stderr.theirs, errs[2] = os.Pipe()
	if err := errors.Join(errs[:]...); err != nil {
		p.each(func(one pipe) { one.ours.Close(); one.theirs.Close() }) // closing nil does nothing
		return nil, err
	}
	return p, nil
}

func (p *pipes) each(do func(pipe)) {
	for _, one := range []pipe{p.down, p.up, p.stderr} {
		do(one)
	}
}

// An execChild is a child that is an OS process. One goroutine writes what it
// is told, two read what it says, one waits for it.
type execChild struct {
	cmd    *exec.Cmd
	pipes  *pipes
	mu     sync.Mutex // guards queue and exited
	filled sync.Cond  // on mu: queue or exited has changed
	queue  []spec.Down
	exited bool
	groups map[int]bool // process groups that the child has started besides its own
}

func newExecChild(cmd *exec.Cmd, p *pipes) *execChild {
	c := &execChild{cmd: cmd, pipes: p}
	c.filled.L = &c.mu
	return c
}

// PID implements [Child].
func (c *execChild) PID() int { return c.cmd.Process.Pid }

// Tell implements [Child]. The queue is not bounded: all that a run tells a
// child is a few lines for each of its peers and their restarts.
func (c *execChild) Tell(d spec.Down) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, d)
	c.filled.Signal()
}

// Terminate implements [Child]. The child itself heeds no signal.
func (c *execChild) Terminate() {
	c.Tell(spec.Down{Now: true})
	c.signal(syscall.SIGTERM)
}

// Kill implements [Child].
func (c *execChild) Kill() { c.signal(syscall.SIGKILL) }

// signal reaches the whole process group. The number of a process that was
// waited for may belong to another, so then it does nothing.
func (c *execChild) signal(s syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.exited {
		c.signalGroup(s)
	}
}

// signalGroup fails only where the group is gone already.
func (c *execChild) signalGroup(s syscall.Signal) { _ = syscall.Kill(-c.PID(), s) }

// write hands on what the child is told, until it has exited.
func (c *execChild) write() {
	e := json.NewEncoder(c.pipes.down.ours)
	e.SetEscapeHTML(false)
	for {
		batch, ok := c.take()
		if !ok {
			return
		}
		for _, d := range batch {
			if e.Encode(d) != nil {
				return // it is gone, and its exit is on the way
			}
		}
	}
}

// take waits for something to tell; ok is false once the child has exited.
func (c *execChild) take() (batch []spec.Down, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.queue) == 0 && !c.exited {
		c.filled.Wait()
	}
	batch, c.queue = slices.Clip(c.queue), nil
	return batch, !c.exited
}

// live tells the child what it is to be told, says what it says, and at last
// how it exited, when no goroutine but its own is left.
func (c *execChild) live(say func(Said)) {
	var turn sync.Mutex
	inTurn := func(s Said) {
		turn.Lock()
		defer turn.Unlock()
		say(s)
	}
	var writer, readers sync.WaitGroup
	writer.Go(c.write)
	readers.Go(func() { readUp(c.pipes.up.ours, func(s Said) { c.note(s, inTurn) }) })
	readers.Go(func() { readStderr(c.pipes.stderr.ours, inTurn) })
	exit := c.wait()
	for _, r := range []*os.File{c.pipes.up.ours, c.pipes.stderr.ours} {
		_ = r.SetReadDeadline(time.Now().Add(pipesWithin)) // pipes have deadlines
	}
	readers.Wait()
	c.endGroups() // what it had started just before it exited, too
	c.pipes.each(func(one pipe) { one.ours.Close() })
	writer.Wait()
	say(Said{Exit: &exit})
}

// wait waits for the child, and ends what it has left behind.
func (c *execChild) wait() Exit {
	err := c.cmd.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signalGroup(syscall.SIGKILL)
	c.killGroups()
	c.exited = true
	c.filled.Signal()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		panic(fmt.Sprintf("bug: a child can't be waited for: %v", err))
	}
	state := c.cmd.ProcessState
	e := Exit{Code: state.ExitCode(), Used: state.UserTime() + state.SystemTime()}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.Signal = status.Signal()
	}
	return e
}

// note keeps in mind which process groups the child has started; all else it
// hands on.
func (c *execChild) note(s Said, say func(Said)) {
	if s.Up == nil || s.Up.Program == nil {
		say(s)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch p := s.Up.Program; {
	case p.Gone:
		delete(c.groups, p.PID)
	case p.PID > 1: // -1 would be everybody
		if c.groups == nil {
			c.groups = map[int]bool{}
		}
		c.groups[p.PID] = true
	}
}

func (c *execChild) endGroups() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killGroups()
}

// killGroups ends the process groups that a child has left behind. Their
// leaders die with the child, what those have started does not; the number of a
// group is not given to another while somebody is in it.
func (c *execChild) killGroups() {
	for pid := range c.groups {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	clear(c.groups)
}

// readUp reads a child's control pipe to its end, or until the child breaks
// the protocol; then it is emptied, so that the child isn't held up. A line
// that the child was killed within is no fault of its: its exit says why.
func readUp(r io.Reader, say func(Said)) {
	fault := ""
	readLines(r, maxControlLine, func(line []byte, end lineEnd) {
		if fault != "" || end == torn {
			return
		}
		up, err := decodeUp(line)
		switch {
		case end == cut:
			fault = "it wrote a line of over 1 MiB to its control pipe"
		case err != nil:
			fault = "it wrote something to its control pipe, descriptor 4, that isn't ours: " + err.Error()
		default:
			say(Said{Up: up})
			return
		}
		say(Said{Fault: fault})
	})
}

// decodeUp keeps the numbers in a log's attributes as they are written.
func decodeUp(line []byte) (*spec.Up, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	up := &spec.Up{}
	return up, d.Decode(up)
}

func readStderr(r io.Reader, say func(Said)) {
	readLines(r, maxStderrLine, func(line []byte, end lineEnd) {
		text := string(line)
		if end == cut {
			text += " …"
		}
		say(Said{Stderr: text})
	})
}
