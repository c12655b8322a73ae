package check

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ilpomo/opencore/lang/diag"
)

// The transports.
const (
	tcp    = "tcp"
	ipc    = "ipc"
	inproc = "inproc"
	pgm    = "pgm"
	epgm   = "epgm"
	udp    = "udp"
)

var transports = []string{tcp, ipc, inproc, pgm, epgm, udp}

// maxPath bounds the path of an ipc address in bytes: what fits into
// sun_path of a Unix socket with the zero behind it.
const maxPath = 107

// An endpoint is an address taken apart.
type endpoint struct {
	text      string
	transport string
	host      string // of tcp, without brackets; * for all interfaces
	port      string // of tcp, pgm and epgm; * or "" for one that the system chooses
	path      string // of ipc
}

// A fault is what is wrong with an address.
type fault struct {
	code       diag.Code
	start, end int // the bytes that are to blame
	message    string
	hint       string
}

// An endpointReader takes an address apart. What is wrong is found in the
// order in which it stands there; only the first is kept.
type endpointReader struct {
	endpoint
	bind  bool
	fault *fault
}

// readEndpoint takes an address apart; the fault is nil if it is one.
func readEndpoint(text string, bind bool) (endpoint, *fault) {
	r := &endpointReader{endpoint: endpoint{text: text}, bind: bind}
	name, rest, found := strings.Cut(text, "://")
	switch at := len(name) + len("://"); {
	case text == "":
		r.wrong(0, 0, "tcp://127.0.0.1:5555", "the address is empty")
	case strings.IndexByte(text, 0) >= 0:
		r.wrong(0, len(text), "", "an address has no zero bytes")
	case !found:
		r.noTransport()
	case !slices.Contains(transports, name):
		r.unknownTransport(name)
	case rest == "":
		r.wrong(0, len(text), "", "nothing stands behind %s://", name)
	default:
		r.transport = name
		r.behind(rest, at)
	}
	r.normal()
	return r.endpoint, r.fault
}

// wrong notes the first thing that is wrong; help is what would be right, ""
// where that is not sure.
func (r *endpointReader) wrong(start, end int, help, format string, args ...any) {
	if r.fault != nil {
		return
	}
	r.fault = &fault{code: codeAddress, start: start, end: end, message: fmt.Sprintf(format, args...)}
	if help != "" {
		r.fault.hint = "an address is written like " + quote(help)
	}
}

func (r *endpointReader) noTransport() {
	help := ""
	switch _, err := netip.ParseAddrPort(r.text); {
	case err == nil, strings.HasPrefix(r.text, "*:"), strings.HasPrefix(r.text, "localhost:"):
		help = "tcp://" + r.text
	case strings.HasPrefix(r.text, "/"):
		help = "ipc://" + r.text
	}
	r.wrong(0, len(r.text), "", "an address begins with its transport, like tcp://")
	if help != "" {
		r.fault.hint = "did you mean " + quote(help) + "?"
	}
}

func (r *endpointReader) unknownTransport(name string) {
	r.wrong(0, len(name), "", "there is no transport %q: there are tcp, ipc, pgm and epgm", name)
	if near := diag.DidYouMean(name, transports); near != "" {
		r.fault.hint = "did you mean " + quote(near) + "?"
	}
}

// behind reads what stands behind the transport, from byte at on.
func (r *endpointReader) behind(rest string, at int) {
	switch r.transport {
	case tcp:
		r.tcp(rest, at)
	case ipc:
		r.ipc(rest, at)
	case pgm, epgm:
		r.multicast(rest, at)
	case inproc:
		r.fault = &fault{
			code: codeTransport, end: len(r.text), message: "inproc leads to peers in the same process, and a foreign peer is in none of ours",
			hint: "for a program on this machine take ipc; instances that share a process with each other say so with process NAME",
		}
	case udp:
		r.fault = &fault{
			code: codeUDP, end: len(r.text), message: "ZeroMQ has udp only between RADIO and DISH, which are in its draft builds alone",
			hint: "for many receivers take epgm between pub and sub, else tcp",
		}
	}
}

// tcp reads host and port. A peer may be given with the address to connect
// from: source;host:port.
func (r *endpointReader) tcp(rest string, at int) {
	if i := strings.LastIndexByte(rest, ';'); i >= 0 && !r.bind {
		rest, at = rest[i+1:], at+i+1
	}
	host, port, bracketed := rest, "", strings.HasPrefix(rest, "[")
	portAt := at + len(rest)
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, ']') {
		host, port, portAt = rest[:i], rest[i+1:], at+i+1
	}
	if bracketed {
		r.bracketed(host, at)
		r.host = strings.Trim(host, "[]")
	} else {
		r.hostname(host, at, port)
		r.host = host
	}
	r.checkPort(port, portAt)
}

// bracketed checks an IPv6 address in brackets.
func (r *endpointReader) bracketed(host string, at int) {
	inner, closed := strings.CutSuffix(host[1:], "]")
	addr, err := netip.ParseAddr(inner)
	switch {
	case !closed:
		r.wrong(at, at+len(host), "tcp://[::1]:5555", "the bracket is not closed")
	case err != nil || !addr.Is6():
		r.wrong(at+1, at+1+len(inner), "tcp://[::1]:5555", "%q is no IPv6 address", inner)
	}
}

// hostname checks a host without brackets.
func (r *endpointReader) hostname(host string, at int, port string) {
	_, err := netip.ParseAddr(host)
	switch {
	case host == "":
		r.wrong(at, at, "", "the address has no host")
	case strings.Contains(host, ":"):
		r.wrong(at, at+len(host), "tcp://[::1]:5555", "an IPv6 address stands in brackets")
	case host == "*" && !r.bind:
		r.wrong(at, at+1, "", "nobody can connect to every interface: it takes the peer's host")
	case host == "*":
	case strings.Trim(host, "0123456789.") == "" && err != nil:
		r.wrong(at, at+len(host), "", "%q is no IP address", host)
	case host == "localhost" && r.bind:
		r.wrong(at, at+len(host), "", "ZeroMQ binds to an IP address or an interface, not to a name")
		r.fault.hint = "did you mean " + quote("tcp://127.0.0.1:"+port) + "?"
	case strings.ContainsFunc(host, notInHost):
		r.wrong(at, at+len(host), "", "%q is no host", host)
	}
}

// notInHost reports whether a character is in no name of a host or interface.
func notInHost(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(".-_", c) || c > 0x7f)
}

// checkPort checks a port; 0 and * leave it to the system, where we bind.
func (r *endpointReader) checkPort(port string, at int) {
	r.port = port
	number, err := strconv.ParseUint(port, 10, 64)
	switch {
	case port == "":
		r.wrong(0, len(r.text), strings.TrimSuffix(r.text, ":")+":5555", "the address has no port")
	case port == "*" && r.transport != tcp:
		r.wrong(at, at+1, "", "the port of a multicast group is agreed upon, not chosen")
	case port == "*" && r.bind:
	case port == "*":
		r.wrong(at, at+1, "", "nobody can connect to a port that the system chooses: it takes the peer's port")
	case err != nil && strings.Trim(port, "0123456789") != "":
		r.wrong(at, at+len(port), "", "%q is no port: a port is a number", port)
	case err != nil || number > 65535:
		r.wrong(at, at+len(port), "", "a port is at most 65535")
	case number == 0 && !r.bind:
		r.wrong(at, at+len(port), "", "nobody can connect to port 0: it takes the peer's port")
	}
}

// ipc checks a path, or a name of Linux's abstract namespace, which begins
// with @.
func (r *endpointReader) ipc(path string, at int) {
	r.path = path
	switch {
	case path == "*" && !r.bind:
		r.wrong(at, at+1, "", "nobody can connect to a path that the system chooses: it takes the peer's path")
	case path == "@":
		r.wrong(at, at+1, "", "no name stands behind @")
	case len(path) > maxPath:
		r.wrong(at, at+len(path), "", "the path has %d bytes, and a Unix socket takes at most %d", len(path), maxPath)
	}
}

// multicast reads interface;group:port.
func (r *endpointReader) multicast(rest string, at int) {
	example := r.transport + "://eth0;239.192.1.1:5555"
	i := strings.IndexByte(rest, ';')
	if i < 0 {
		r.wrong(0, len(r.text), example, "a %s address has an interface and a multicast group", r.transport)
		return
	}
	group, port, found := strings.Cut(rest[i+1:], ":")
	groupAt := at + i + 1
	addr, err := netip.ParseAddr(group)
	switch {
	case !found:
		r.wrong(0, len(r.text), example, "the address has no port")
	case err != nil || !addr.IsMulticast():
		r.wrong(groupAt, groupAt+len(group), example, "%q is no multicast group", group)
	default:
		r.checkPort(port, groupAt+len(group)+1)
	}
}

// normal puts an endpoint into the form in which equal ones are equal.
func (e *endpoint) normal() {
	if addr, err := netip.ParseAddr(e.host); err == nil {
		e.host = addr.String()
	}
	if e.transport == ipc && !strings.HasPrefix(e.path, "@") {
		e.path = path.Clean(e.path)
	}
	if e.transport == tcp {
		e.port = strings.TrimLeft(e.port, "0")
	}
}

// open reports whether anybody on the network reaches what is bound there.
func (e *endpoint) open() bool {
	if e.transport != tcp || e.host == "lo" {
		return false
	}
	addr, err := netip.ParseAddr(e.host)
	return err != nil || !addr.IsLoopback()
}

// chosen reports whether the system chooses a part of what is bound, so that
// it is another one each time.
func (e *endpoint) chosen() bool {
	return e.transport == ipc && e.path == "*" || e.transport == tcp && (e.port == "*" || e.port == "")
}

// shared reports whether several may be bound there.
func (e *endpoint) shared() bool { return e.transport == pgm || e.transport == epgm }

// place is where the endpoint is, but for the host: endpoints of different
// places never clash.
func (e *endpoint) place() string {
	if e.transport == tcp {
		return tcp + ":" + e.port
	}
	return e.transport + ":" + e.path
}

// everywhere reports whether the endpoint is at all interfaces.
func (e *endpoint) everywhere() bool {
	addr, err := netip.ParseAddr(e.host)
	return e.host == "*" || err == nil && addr.IsUnspecified()
}
