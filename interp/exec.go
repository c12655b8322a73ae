package interp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// planFD is the environment variable that names the descriptor on which a
// binary finds its plan.
const planFD = "OPENCORE_PLAN_FD"

// Exec replaces this process by a built binary that runs the plan, so that
// signals, job control and the exit status are the binary's own. args are its
// arguments, without its name. It returns only where it fails.
func Exec(binary string, plan []byte, args []string) error {
	f, err := unlinked(plan)
	if err != nil {
		return fmt.Errorf("hand the plan to %s: %w", binary, err)
	}
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd())) // f itself would be closed by exec
	if err != nil {
		return fmt.Errorf("hand the plan to %s: %w", binary, err)
	}
	env := append(os.Environ(), planFD+"="+strconv.Itoa(fd))
	err = syscall.Exec(binary, append([]string{binary}, args...), env)
	return errors.Join(fmt.Errorf("run %s: %w", binary, err), unix.Close(fd))
}

// unlinked gives a file without a name that holds data and stands at its
// start. Unlike a pipe it takes any amount before someone reads.
func unlinked(data []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "opencore-plan-")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(data)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// inheritedPlan reads the plan that [Exec] has handed on; ok is false where
// there is none. Neither the variable nor the file reaches our children.
func inheritedPlan() (data []byte, ok bool, err error) {
	text, ok := os.LookupEnv(planFD)
	if !ok {
		return nil, false, nil
	}
	fd, err := strconv.Atoi(text)
	if err != nil || fd < 3 {
		return nil, true, fmt.Errorf("%s is %q: no descriptor", planFD, text)
	}
	if err := os.Unsetenv(planFD); err != nil {
		return nil, true, err
	}
	f := os.NewFile(uintptr(fd), "plan")
	defer f.Close()
	if data, err = io.ReadAll(f); err != nil {
		return nil, true, fmt.Errorf("read the plan: %w", err)
	}
	return data, true, nil
}
