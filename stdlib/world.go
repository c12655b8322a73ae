package stdlib

import (
	"os"
	"syscall"
	"time"
)

// A world is what actors see of the machine besides files; tests have their
// own.
type world struct {
	stdin  func() (*os.File, error)
	stdout func() (*os.File, error)
	now    func() time.Time
	// ticks gives a channel that something comes in on every so often, until
	// stop is called.
	ticks func(every time.Duration) (c <-chan time.Time, stop func())
}

var operatingSystem = &world{
	stdin:  openStdin,
	stdout: openStdout,
	now:    time.Now,
	ticks: func(every time.Duration) (<-chan time.Time, func()) {
		t := time.NewTicker(every)
		return t.C, t.Stop
	},
}

// openStdin opens standard input anew, so that a read that waits can be
// interrupted without making the terminal or pipe non-blocking for those that
// we share it with. A regular file is read where it stands.
func openStdin() (*os.File, error) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode().IsRegular() {
		return os.Stdin, err
	}
	f, err := os.OpenFile("/dev/stdin", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil { // a socket, or a terminal of somebody else
		return os.Stdin, nil
	}
	return f, nil
}

// openStdout gives standard output another descriptor: on 1 itself Go turns a
// closed pipe into a signal that kills the process before it could say
// anything.
func openStdout() (*os.File, error) {
	fd, err := syscall.Dup(1)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "standard output"), nil
}
