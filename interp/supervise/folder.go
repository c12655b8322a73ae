package supervise

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/spec"
)

// A folder is the folder of one run: its sockets and counters. It is ours
// alone (0700), and its lock tells others that the run is alive: whoever gets
// the lock of a folder may sweep it away. The lock is on the folder itself,
// which also keeps systemd-tmpfiles from ageing it out of /tmp.
type folder struct {
	path string
	lock *os.File
}

// runPrefix begins the names of the folders of runs.
const runPrefix = "run-"

// newFolder makes the folder of a run within dir, or where dir is "" within a
// folder of the user's, and sweeps those that dead runs have left.
func newFolder(dir, transport string, p *spec.Plan) (*folder, error) {
	if dir == "" {
		dir = folderParent()
	}
	if err := ownFolder(dir); err != nil {
		return nil, err
	}
	parent, err := lockFolder(dir, unix.LOCK_EX) // so that nobody sweeps what is not locked yet
	if err != nil {
		return nil, err
	}
	defer parent.Close()
	sweep(dir)
	f, err := makeFolder(dir)
	if err != nil {
		return nil, err
	}
	if err := f.checkLength(transport, p); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// folderParent is where the folders of the user's runs are: under
// XDG_RUNTIME_DIR, which systemd makes for each user, unless it belongs to
// somebody else, as with sudo, or is not absolute, which its specification
// rules out; else in the system's temporary folder.
func folderParent() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() && owner(info) == os.Getuid() {
			return filepath.Join(dir, "opencore")
		}
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("opencore-%d", os.Getuid()))
}

// ownFolder makes a folder that nobody but us can enter, or checks that it is
// one: in a temporary folder anyone may have made it before us.
func ownFolder(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("the folder for runs can't be made: %w; set XDG_RUNTIME_DIR to a folder of yours", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	wrong := ""
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		wrong = "is a symbolic link"
	case !info.IsDir():
		wrong = "is not a folder"
	case owner(info) != os.Getuid():
		wrong = "belongs to somebody else"
	case info.Mode().Perm()&0o077 != 0:
		wrong = fmt.Sprintf("can be entered by others (mode %04o, not 0700)", info.Mode().Perm())
	default:
		return nil
	}
	return fmt.Errorf("the folder for runs, %s, %s; remove it, or set XDG_RUNTIME_DIR to a folder of yours", dir, wrong)
}

func owner(info os.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}

// lockFolder opens a folder and locks it; how is LOCK_EX, with LOCK_NB or
// without. The lock is gone when the file is closed, at the latest with our
// process.
func lockFolder(dir string, how int) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return f, nil
}

// sweep removes the folders of runs that are dead. What can't be removed is
// left to the next.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.IsDir() || !strings.HasPrefix(e.Name(), runPrefix) {
			continue
		}
		if lock, err := lockFolder(path, unix.LOCK_EX|unix.LOCK_NB); err == nil {
			os.RemoveAll(path)
			lock.Close()
		}
	}
}

func makeFolder(dir string) (*folder, error) {
	name := make([]byte, 4) // short: it is part of every socket's path
	rand.Read(name)
	path := filepath.Join(dir, runPrefix+hex.EncodeToString(name))
	if err := os.Mkdir(path, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of this run can't be made: %w", err)
	}
	lock, err := lockFolder(path, unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return &folder{path, lock}, nil
}

// maxSocketPath is how many bytes the path of a Unix socket may have: the
// field of struct sockaddr_un on Linux, without the zero at its end.
const maxSocketPath = 107

// checkLength says early, and with the way out, what a bind would say late.
func (f *folder) checkLength(transport string, p *spec.Plan) error {
	longest := len(f.socket(spec.ProcessID(len(p.Processes)), 999_999))
	if transport != IPC || longest <= maxSocketPath {
		return nil
	}
	return fmt.Errorf("the folder for runs, %s, has too long a path for sockets (%d bytes with their names, at most %d); "+
		"set XDG_RUNTIME_DIR to a shorter one, or run with --transport tcp", filepath.Dir(f.path), longest, maxSocketPath)
}

// socket is the path that an incarnation of a process binds. Each has its
// own: so no peer of an old one meets the new one by chance.
func (f *folder) socket(id spec.ProcessID, incarnation uint32) string {
	return filepath.Join(f.path, fmt.Sprintf("%d.%d", id, incarnation))
}

// forget removes the socket of an incarnation that has exited: it may have had
// no time to do so, and the folder of a service that is restarted now and then
// must not grow.
func (f *folder) forget(id spec.ProcessID, incarnation uint32) {
	_ = os.Remove(f.socket(id, incarnation)) // over tcp there is none
}

// counters is the path of a process's counters file.
func (f *folder) counters(id spec.ProcessID) string {
	return filepath.Join(f.path, fmt.Sprintf("%d.counters", id))
}

// close removes the folder. What can't be removed now is swept later.
func (f *folder) close() {
	os.RemoveAll(f.path)
	f.lock.Close()
}
