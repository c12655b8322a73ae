package doctor

import (
	"net"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/runtime/zmq"
)

// protocolPGM is PGM's number among the protocols on IP.
const protocolPGM = 113

// pgm looks at an address like pgm://eth0;239.192.1.1:5555, with an interface
// or its address before the group.
func (a *address) pgm(transport, rest string) {
	device, group, ok := strings.Cut(rest, ";")
	if !ok {
		device, group = "", rest
	}
	host, _, err := net.SplitHostPort(group)
	ip := net.ParseIP(host)
	switch {
	case zmq.Version() != "" && !zmq.Has("pgm"):
		a.wrong("this libzmq was built without OpenPGM", "Debian's has it; or use tcp")
	case err != nil || ip == nil || !ip.IsMulticast():
		a.wrong("that is no multicast group and port", "write it like "+transport+"://eth0;239.192.1.1:5555")
	case device != "" && !hasDevice(device):
		a.wrong("this machine has no network interface "+device, "\"ip address\" lists those that it has")
	case transport == "pgm" && !mayRaw():
		a.wrong("pgm needs raw sockets, which this user may not open", "use epgm, which is PGM over UDP, or give the binary CAP_NET_RAW")
	default:
		a.right("libzmq has OpenPGM")
	}
}

// hasDevice reports whether a network interface has this name or address.
func hasDevice(name string) bool {
	if _, err := net.InterfaceByName(name); err == nil {
		return true
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range addresses {
		if prefix, ok := a.(*net.IPNet); ok && prefix.IP.String() == name {
			return true
		}
	}
	return false
}

func mayRaw() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocolPGM)
	if err != nil {
		return false
	}
	_ = unix.Close(fd) // nothing was written
	return true
}
