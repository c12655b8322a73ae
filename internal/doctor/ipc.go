package doctor

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

func (a *address) ipc(path string) {
	if abstract, ok := strings.CutPrefix(path, "@"); ok {
		a.abstract(abstract)
		return
	}
	answers := answersAt(path)
	dir := filepath.Dir(path)
	info, err := os.Lstat(path)
	switch {
	case len(path) > maxSocketPath:
		a.wrong(fmt.Sprintf("the path has %d bytes, and a socket's may have %d", len(path), maxSocketPath), "take a shorter one")
	case !isFolder(dir):
		a.wrong("there is no folder "+dir, "make it: mkdir -p "+dir)
	case !a.bind && answers:
		a.right("somebody listens there")
	case !a.bind:
		a.nobody()
	case answers:
		a.wrong("somebody listens there already", "end who does (ss -lxp says who), or take another path")
	case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		a.wrong("no socket can be made in "+dir+" by this user", "take another path, or chmod +w it")
	case err == nil && info.Mode()&os.ModeSocket == 0:
		a.wrong("something that is no socket has this name, and binding would delete it", "take another path")
	default:
		a.right("can be bound")
	}
}

// maxSocketPath is what a Unix socket's address holds on Linux, without its
// end.
const maxSocketPath = 107

func (a *address) abstract(name string) {
	answers := answersAt("@" + name)
	switch {
	case a.bind && answers:
		a.wrong("somebody listens there already", "end who does (ss -lxp says who), or take another name")
	case a.bind:
		a.right("can be bound")
	case answers:
		a.right("somebody listens there")
	default:
		a.nobody()
	}
}

func answersAt(path string) bool {
	c, err := net.DialTimeout("unix", path, answersWithin)
	if err != nil {
		return false
	}
	_ = c.Close() // nothing was written
	return true
}
