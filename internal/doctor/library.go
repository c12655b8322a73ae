package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ilpomo/opencore/runtime/zmq"
)

const getLibrary = "install libzmq 4.3.3 or newer (Debian: libzmq5, and libzmq3-dev to build)"

// library looks at libzmq itself.
func (x *examination) library() {
	err := zmq.CheckVersion()
	switch {
	case errors.Is(err, zmq.ErrUnavailable):
		x.missing(true, "libzmq", "this opencore was built without cgo: it can't ask libzmq, and can't run programs", "build it with libzmq3-dev, pkg-config, a C compiler and CGO_ENABLED=1")
	case err != nil:
		x.missing(true, "libzmq", strings.TrimPrefix(err.Error(), "zmq: "), getLibrary)
	default:
		x.ok("libzmq", zmq.Version())
	}
}

// transports binds what can be tried anywhere, and asks libzmq for the rest.
func (x *examination) transports() {
	if zmq.Version() == "" {
		return
	}
	x.local()
	x.try("tcp", "tcp://127.0.0.1:*", false, "is the loopback interface up? ip link set lo up")
	x.try("tcp over IPv6", "tcp://[::1]:*", false, "wires between our own processes don't need it; for addresses with [::1] give lo one: sysctl net.ipv6.conf.lo.disable_ipv6=0")
	x.try("inproc", "inproc://opencore-doctor", true, getLibrary)
	x.has("pgm", "pgm, epgm", "for addresses pgm:// and epgm:// libzmq must be built with OpenPGM, as Debian's is")
	x.has("norm", "norm", "nothing in opencore uses it")
	x.has("curve", "curve", "nothing on one machine uses it")
	x.has("draft", "draft sockets", "RADIO, DISH and udp exist only in draft builds; pub and sub over epgm do the same")
}

// local tries ipc in a folder that was made for it.
func (x *examination) local() {
	dir, err := os.MkdirTemp("", "oc")
	if err != nil {
		x.missing(true, "ipc", "no folder for a socket can be made: "+err.Error(), "set TMPDIR to a folder that can be written")
		return
	}
	defer os.RemoveAll(dir)
	x.try("ipc", "ipc://"+filepath.Join(dir, "s"), true, "run with --transport tcp")
}

func (x *examination) try(check, endpoint string, needed bool, help string) {
	if err := zmq.TryBind(endpoint); err != nil {
		x.missing(needed, check, strings.TrimPrefix(err.Error(), "zmq: "), help)
		return
	}
	x.ok(check, "works")
}

// has asks about what libzmq may be built without. Whether the program at hand
// needs it, the checks of its addresses tell.
func (x *examination) has(what, check, help string) {
	if zmq.Has(what) {
		x.ok(check, "libzmq has it")
		return
	}
	x.missing(false, check, "this libzmq was built without it", help)
}
