package supervise

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// childMain is what the test's own program does when it is launched as a
// child: it speaks the protocol, and does what its actor's name says.
func childMain() int {
	down := json.NewDecoder(bufio.NewReader(os.NewFile(spec.ControlDown, "down")))
	up := json.NewEncoder(os.NewFile(spec.ControlUp, "up"))
	var first spec.Down
	if err := down.Decode(&first); err != nil || first.Launch == nil {
		fmt.Fprintln(os.Stderr, "no launch:", err)
		return 1
	}
	say := func(u spec.Up) { _ = up.Encode(u) }
	say(spec.Up{Bound: &spec.Bound{Endpoint: first.Launch.Bind}})
	say(spec.Up{Ready: true})
	for {
		var d spec.Down
		if err := down.Decode(&d); err == io.EOF {
			return 0 // the supervisor is gone
		}
		if d.Go {
			return act(first.Launch, down, say)
		}
	}
}

func act(l *spec.Launch, down *json.Decoder, say func(spec.Up)) int {
	switch l.Process.Actor {
	case "Crash":
		fmt.Fprintln(os.Stderr, "last words")
		return 3
	case "Nonsense":
		_, _ = os.NewFile(spec.ControlUp, "up").WriteString("{nonsense}\n")
		time.Sleep(time.Minute)
	case "Torn":
		_, _ = os.NewFile(spec.ControlUp, "up").WriteString(`{"log":{"msg":"kil`)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "Panic":
		panic("boom")
	case "file.Lines":
		text, _ := io.ReadAll(os.Stdin)
		fmt.Fprintf(os.Stderr, "read %q", text)
	case "Env":
		fmt.Fprintf(os.Stderr, "TOKEN=%s\nPID=%d\n", os.Getenv("TOKEN"), os.Getpid())
	case "Long":
		fmt.Fprintln(os.Stderr, strings.Repeat("x", 100_000))
	case "Leave":
		left := exec.Command("sleep", "60") // holds the pipes that it inherits
		left.Stderr = os.Stderr
		if err := left.Start(); err != nil {
			return 1
		}
		fmt.Fprintf(os.Stderr, "left %d\n", left.Process.Pid)
	case "Program", "Waited": // it says that the latter has been waited for
		program := exec.Command("sleep", "60")
		program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := program.Start(); err != nil {
			return 1
		}
		fmt.Fprintf(os.Stderr, "program %d\n", program.Process.Pid)
		say(spec.Up{Program: &spec.Program{PID: program.Process.Pid}})
		if l.Process.Actor == "Waited" {
			say(spec.Up{Program: &spec.Program{PID: program.Process.Pid, Gone: true}})
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "Listen":
		return listen(down)
	case "Wait":
		time.Sleep(time.Minute) // a deadlock would be noticed
	}
	say(spec.Up{Ended: true})
	return 0
}

// listen waits until the supervisor is gone.
func listen(down *json.Decoder) int {
	for {
		var d spec.Down
		if down.Decode(&d) != nil {
			return 0
		}
	}
}

// orphansMain is a supervisor that says on standard output when its children
// run, and waits to be killed.
func orphansMain() int {
	p := planOf("a b c")
	for _, one := range p.Processes {
		one.Actor = "Listen"
	}
	_, err := Run(context.Background(), p, "hash", Options{Dir: os.Getenv("SUPERVISE_TEST_ORPHANS"), Transport: TCP, Events: func(e Event) {
		if _, ok := e.(Running); ok {
			fmt.Println("running")
		}
	}})
	fmt.Println("ended", err)
	return 1
}
