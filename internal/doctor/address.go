package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// addresses looks at the addresses of plain sockets. Those of the wires
// between our own processes are chosen when a run starts.
func (n *need) addresses() {
	for _, plain := range n.process.Sockets() {
		endpoint, ok := n.text(plain.Endpoint)
		if !ok {
			continue
		}
		a := &address{n, plain.Place, endpoint, plain.Bind}
		a.look()
	}
}

// An address is one that a process binds or connects to.
type address struct {
	*need
	place    string
	endpoint string
	bind     bool
}

func (a *address) what() string {
	if a.bind {
		return "bind"
	}
	return "connect"
}

func (a *address) wrong(found, help string) {
	a.lacks(a.what(), a.place, a.endpoint+": "+found, help)
}

func (a *address) right(found string) { a.met(a.what(), a.place, a.endpoint+": "+found) }

func (a *address) look() {
	transport, rest, _ := strings.Cut(a.endpoint, "://")
	switch transport {
	case "tcp":
		a.tcp(rest)
	case "ipc":
		a.ipc(rest)
	case "pgm", "epgm":
		a.pgm(transport, rest)
	case "inproc":
		a.right("within one process")
	default:
		a.wrong("ZeroMQ has no such transport", "there are tcp, ipc, inproc, pgm and epgm")
	}
}

func (a *address) tcp(rest string) {
	rest = rest[strings.LastIndexByte(rest, ';')+1:] // of connect: source;destination
	host, port, err := net.SplitHostPort(rest)
	switch {
	case err != nil:
		a.wrong("that is no host and port", "write it like tcp://127.0.0.1:5555")
	case a.bind:
		a.listen(host, port)
	default:
		a.dial(host, port)
	}
}

// listen binds what the socket would bind.
func (a *address) listen(host, port string) {
	where, ok := a.here(host)
	if !ok {
		return
	}
	if port == "*" {
		port = "0"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(where, port))
	if err == nil {
		_ = l.Close() // it was there to be tried
	}
	a.bound(port, err)
}

// bound tells how it went to bind a port.
func (a *address) bound(port string, err error) {
	switch {
	case err == nil:
		a.right("can be bound")
	case errors.Is(err, syscall.EADDRINUSE):
		a.wrong("the port is in use", fmt.Sprintf("end who has it (ss -ltnp 'sport = :%s' says who), or take another", port))
	case errors.Is(err, syscall.EACCES):
		a.wrong("ports below 1024 need privileges", "take a higher one, or give the binary CAP_NET_BIND_SERVICE")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		a.wrong("this machine has no such address", "bind * for all of its addresses, or one that \"ip address\" lists")
	default:
		a.wrong(err.Error(), "")
	}
}

// here gives the address that libzmq binds for a host: all, that of an
// interface, or the address itself. It resolves no names.
func (a *address) here(host string) (where string, ok bool) {
	host, _, _ = strings.Cut(host, "%")
	if host == "*" {
		return "", true
	}
	if net.ParseIP(host) != nil {
		return host, true
	}
	device, err := net.InterfaceByName(host)
	if err != nil {
		a.wrong(fmt.Sprintf("%q is neither an address nor a network interface of this machine", host), "ZeroMQ binds no host names: write 127.0.0.1, ::1, * or an interface that \"ip address\" lists")
		return "", false
	}
	addresses, err := device.Addrs()
	if err != nil || len(addresses) == 0 {
		a.wrong(fmt.Sprintf("the interface %s has no address", host), "bring it up: ip link set "+host+" up")
		return "", false
	}
	prefix, ok := addresses[0].(*net.IPNet)
	if !ok {
		return "", true
	}
	return prefix.IP.String(), true
}

// answersWithin is how long a foreign peer may take to accept a connection.
const answersWithin = 2 * time.Second

// dial looks whether somebody answers. It need not be so: whoever comes later
// is connected to then.
func (a *address) dial(host, port string) {
	ctx, cancel := context.WithTimeout(a.ctx, answersWithin)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		a.wrong(fmt.Sprintf("the host %q is not known", host), "is its name right, and can this machine resolve names?")
		return
	}
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		a.nobody()
		return
	}
	_ = c.Close() // nothing was written
	a.right("somebody listens there")
}

func (a *address) nobody() {
	a.note(a.what(), a.place, a.endpoint+": nobody listens there now", "a run goes on without, and connects when somebody does")
}
