package plain

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

func isTCP(endpoint string) bool { return strings.HasPrefix(endpoint, "tcp://") }

// multicast tells whether an endpoint is one of PGM, on which publishers never
// hear of subscriptions.
func multicast(endpoint string) bool {
	return strings.HasPrefix(endpoint, "pgm://") || strings.HasPrefix(endpoint, "epgm://")
}

// local tells whether only processes of this machine can reach an endpoint.
func local(endpoint string) bool {
	rest, tcp := strings.CutPrefix(endpoint, "tcp://")
	if !tcp {
		return !multicast(endpoint)
	}
	host, _, err := net.SplitHostPort(rest)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// socketFile is the path of an ipc endpoint, "" if it has none.
func socketFile(endpoint string) string {
	path, ok := strings.CutPrefix(endpoint, "ipc://")
	if !ok || path == "" || path == "*" || path[0] == '@' {
		return ""
	}
	return path
}

// probing is how long a connect to a Unix socket may take that somebody
// listens to: longer means that its backlog is full, so somebody does.
const probing = time.Second

// claim makes sure that an endpoint is ours to bind: libzmq removes whatever
// file is in its way, and takes the path from whoever listens there.
func claim(endpoint string) error {
	path := socketFile(endpoint)
	if path == "" {
		return nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot bind %s: %w", endpoint, err)
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("cannot bind %s: there is a file of that name which is no socket", endpoint)
	}
	c, err := net.DialTimeout("unix", path, probing)
	if err == nil {
		c.Close()
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil // nobody listens any more
	}
	return fmt.Errorf("cannot bind %s: somebody else listens there", endpoint)
}

// A file is the socket that we have bound, to be removed by us alone.
type file struct {
	path string
	info fs.FileInfo
}

func fileOf(endpoint string) file {
	f := file{path: socketFile(endpoint)}
	if f.path != "" {
		f.info, _ = os.Lstat(f.path)
	}
	return f
}

// remove removes it, unless another one has taken its place.
func (f *file) remove() {
	if f.info == nil {
		return
	}
	if now, err := os.Lstat(f.path); err == nil && os.SameFile(f.info, now) {
		os.Remove(f.path)
	}
	f.info = nil
}
