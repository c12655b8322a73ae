package conformance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/testbed"
)

// A process is one that a test talks with, by lines.
type process struct {
	t      *testing.T
	name   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan string // of stdout; closed at its end
	stderr testbed.Transcript
	ctx    context.Context // ends with the deadline
	ended  chan struct{}   // closed when it has been waited for
	err    error           // of the wait
}

// launch starts a process that ends with the test at the latest.
func launch(t *testing.T, name string, cmd *exec.Cmd) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	p := &process{t: t, name: name, cmd: cmd, ctx: ctx, lines: make(chan string, 1<<16), ended: make(chan struct{})}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.follow(stdout)
	t.Cleanup(func() {
		cancel()
		p.kill()
		<-p.ended
	})
	return p
}

// follow hands on the lines of stdout, then waits for the process.
func (p *process) follow(stdout io.Reader) {
	defer close(p.ended)
	r := bufio.NewReaderSize(stdout, 1<<16)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		p.lines <- strings.TrimSuffix(line, "\n")
	}
	close(p.lines)
	p.err = p.cmd.Wait()
}

// say writes a line to stdin.
func (p *process) say(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, line+"\n"); err != nil {
		p.t.Fatalf("%s: %v\n%s", p.name, err, p.stderr.String())
	}
}

// next waits for a line of stdout.
func (p *process) next() string {
	p.t.Helper()
	line, err := p.within(p.ctx)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", p.name, err, p.stderr.String())
	}
	return line
}

// soon is next that gives up early: ok is false if nothing comes.
func (p *process) soon(patience time.Duration) (line string, ok bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	line, err := p.within(ctx)
	if err != nil && (p.ctx.Err() != nil || !errors.Is(err, errDeadline)) {
		p.t.Fatalf("%s: %v\n%s", p.name, err, p.stderr.String())
	}
	return line, err == nil
}

func (p *process) within(ctx context.Context) (string, error) {
	select {
	case line, ok := <-p.lines:
		if !ok {
			return "", errors.New("it has ended")
		}
		return line, nil
	case <-ctx.Done():
		return "", errDeadline
	}
}

// rest gives the lines until stdout ends.
func (p *process) rest() []string {
	p.t.Helper()
	var list []string
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return list
			}
			list = append(list, line)
		case <-p.ctx.Done():
			p.t.Fatalf("%s did not end in time:\n%s", p.name, p.stderr.String())
		}
	}
}

// close ends the process's stdin.
func (p *process) close() {
	p.t.Helper()
	if err := p.stdin.Close(); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// signal asks the process to end.
func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// kill ends the process as nothing can defend itself against, if it is there.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// wait waits for the end of the process and gives its exit status.
func (p *process) wait() int {
	p.t.Helper()
	p.rest()
	<-p.ended
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		p.t.Fatalf("%s: %v", p.name, p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// errDeadline is why a wait ended.
var errDeadline = errors.New("nothing came before the deadline")
