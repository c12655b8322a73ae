//go:build cgo

package zmq

/*
#cgo noescape oc_send_parts
#cgo nocallback oc_send_parts
#cgo nocallback oc_recv_parts
#cgo nocallback oc_plain_events

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static int oc_plain_events(void *s) {
	int events;
	size_t size = sizeof events;
	while (zmq_getsockopt(s, ZMQ_EVENTS, &events, &size) != 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return events;
}

static int oc_send_part(void *s, const void *data, size_t size, int flags) {
	while (zmq_send(s, data, size, ZMQ_DONTWAIT | flags) < 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return 0;
}

// oc_send_parts sends a message whose last part is data, behind n others that
// lie in heads one after the other. It goes out whole or not at all. When the
// peer goes away in the middle libzmq forgets the parts that it has, and wants
// to be given the rest, to be dropped.
static int oc_send_parts(void *s, const char *heads, const size_t *sizes, int n, const void *data, size_t size) {
	int failed = 0;
	for (int i = 0; i < n; i++) {
		int rc = oc_send_part(s, heads, sizes[i], ZMQ_SNDMORE);
		if (rc < 0 && i == 0) return rc;
		if (rc < 0) failed = rc;
		heads += sizes[i];
	}
	int rc = oc_send_part(s, data, size, 0);
	return failed ? failed : rc;
}

// A message lives in C memory, so that its parts never point into Go's.
typedef struct {
	int most;   // parts
	size_t max; // bytes in all
	int count;  // parts that are kept
	int whole;  // nothing has been dropped
	zmq_msg_t parts[];
} oc_message;

static oc_message *oc_message_new(int most, size_t max) {
	oc_message *m = calloc(1, sizeof *m + most * sizeof(zmq_msg_t));
	if (!m) abort(); // as Go does
	m->most = most;
	m->max = max;
	return m;
}

static void oc_message_clear(oc_message *m) {
	while (m->count > 0) zmq_msg_close(&m->parts[--m->count]);
}

// oc_recv_parts receives all parts of a message, but keeps no more than it
// may. They are all there: libzmq hands over whole messages.
static int oc_recv_parts(void *s, oc_message *m) {
	oc_message_clear(m);
	m->whole = 1;
	size_t left = m->max;
	for (int more = 1; more;) {
		zmq_msg_t part;
		zmq_msg_init(&part);
		while (zmq_msg_recv(&part, s, ZMQ_DONTWAIT) < 0) {
			if (zmq_errno() == EINTR) continue;
			int error = zmq_errno();
			zmq_msg_close(&part);
			return -error;
		}
		more = zmq_msg_more(&part);
		size_t size = zmq_msg_size(&part);
		if (m->whole && m->count < m->most && size <= left) {
			left -= size;
			zmq_msg_init(&m->parts[m->count]);
			zmq_msg_move(&m->parts[m->count++], &part);
		} else {
			m->whole = 0;
		}
		zmq_msg_close(&part);
	}
	return 0;
}

static void *oc_message_part(oc_message *m, int i, size_t *size) {
	*size = zmq_msg_size(&m->parts[i]);
	return zmq_msg_data(&m->parts[i]);
}
*/
import "C"

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// A Plain is a socket of any kind, for peers that are not ours. Nothing it
// does waits. It isn't safe for use by several goroutines at a time. Its
// linger is 0 until [Plain.Linger].
type Plain struct {
	ptr   unsafe.Pointer
	kind  Kind
	fd    int
	heads []byte // of the message being sent
	sizes []C.size_t
	ctx   *Context
	tells *Plain // of a monitor: whose changes it gets
}

var kinds = [...]C.int{
	Push: C.ZMQ_PUSH, Pull: C.ZMQ_PULL, Pub: C.ZMQ_XPUB, Sub: C.ZMQ_SUB, Req: C.ZMQ_REQ,
	Rep: C.ZMQ_REP, Dealer: C.ZMQ_DEALER, Router: C.ZMQ_ROUTER, Pair: C.ZMQ_PAIR,
}

// Open makes a socket that is neither bound nor connected.
func (c *Context) Open(kind Kind, o Options) (*Plain, error) {
	ptr, err := C.zmq_socket(c.ptr, kinds[kind])
	if ptr == nil {
		return nil, explain("open a socket of pattern", kind.String(), err)
	}
	s := &Plain{ptr: ptr, kind: kind, ctx: c}
	if err := s.options(o); err != nil {
		s.Close()
		return nil, err
	}
	var fd C.int
	size := C.size_t(unsafe.Sizeof(fd))
	if rc, err := C.zmq_getsockopt(ptr, C.ZMQ_FD, unsafe.Pointer(&fd), &size); rc != 0 {
		s.Close()
		return nil, explain("open a socket of pattern", kind.String(), err)
	}
	s.fd = int(fd)
	return s, nil
}

// options sets what has been asked for.
func (s *Plain) options(o Options) error {
	s.set(C.ZMQ_LINGER, 0)
	s.set(C.ZMQ_RECONNECT_IVL, reconnectMillis)
	s.set(C.ZMQ_RECONNECT_IVL_MAX, reconnectMaxMillis)
	s.setMark(C.ZMQ_SNDHWM, o.SendHWM)
	s.setMark(C.ZMQ_RCVHWM, o.ReceiveHWM)
	if o.MaxMessage > 0 {
		max := C.int64_t(o.MaxMessage)
		C.zmq_setsockopt(s.ptr, C.ZMQ_MAXMSGSIZE, unsafe.Pointer(&max), C.size_t(unsafe.Sizeof(max)))
	}
	if o.Rate > 0 {
		s.set(C.ZMQ_RATE, C.int(o.Rate/1000))
	}
	s.setIf(o.Immediate, C.ZMQ_IMMEDIATE)
	if ms := C.int(o.Heartbeat.Milliseconds()); ms > 0 {
		s.set(C.ZMQ_HEARTBEAT_IVL, ms)
		s.set(C.ZMQ_HEARTBEAT_TIMEOUT, 3*ms)
	}
	if seconds := C.int(o.KeepAlive.Seconds()); seconds > 0 {
		s.set(C.ZMQ_TCP_KEEPALIVE, 1)
		s.set(C.ZMQ_TCP_KEEPALIVE_IDLE, seconds)
		s.set(C.ZMQ_TCP_KEEPALIVE_INTVL, seconds)
		s.set(C.ZMQ_TCP_KEEPALIVE_CNT, 2)
	}
	if ms := C.int(o.Handshake.Milliseconds()); ms > 0 {
		s.set(C.ZMQ_HANDSHAKE_IVL, ms)
	}
	s.setIf(o.Mandatory && s.kind == Router, C.ZMQ_ROUTER_MANDATORY)
	s.setIf(o.Handover && s.kind == Router, C.ZMQ_ROUTER_HANDOVER)
	s.setIf(o.Relaxed && s.kind == Req, C.ZMQ_REQ_RELAXED)
	s.setIf(o.Relaxed && s.kind == Req, C.ZMQ_REQ_CORRELATE)
	s.setIf(o.Verbose && s.kind == Pub, C.ZMQ_XPUB_VERBOSER)
	s.setIf(o.NoDrop && s.kind == Pub, C.ZMQ_XPUB_NODROP)
	if o.Identity != "" {
		if err := s.setBytes(C.ZMQ_ROUTING_ID, []byte(o.Identity)); err != nil {
			return fmt.Errorf("zmq: identity %q: %w", o.Identity, err)
		}
	}
	if o.Subscribed && s.kind == Sub {
		return s.Subscribe(nil)
	}
	return nil
}

func (s *Plain) set(option, value C.int) {
	if rc, err := C.zmq_setsockopt(s.ptr, option, unsafe.Pointer(&value), C.size_t(unsafe.Sizeof(value))); rc != 0 {
		panic(fmt.Sprintf("bug: option %d of a socket of pattern %s: %v", option, s.kind, err))
	}
}

func (s *Plain) setIf(yes bool, option C.int) {
	if yes {
		s.set(option, 1)
	}
}

func (s *Plain) setMark(option C.int, mark int) {
	if mark != 0 {
		s.set(option, C.int(max(mark, 0)))
	}
}

func (s *Plain) setBytes(option C.int, b []byte) error {
	if s.ptr == nil {
		return ErrClosed
	}
	if rc, err := C.zmq_setsockopt(s.ptr, option, unsafe.Pointer(unsafe.SliceData(b)), C.size_t(len(b))); rc != 0 {
		return err
	}
	return nil
}

// Kind is the socket's.
func (s *Plain) Kind() Kind { return s.kind }

// Bind takes an endpoint, and gives what it is bound to: of tcp with the port
// that the system has chosen. It takes an ipc path away from whoever has it.
func (s *Plain) Bind(endpoint string) (string, error) {
	if err := s.attach("bind", endpoint, func(name *C.char) error {
		rc, err := C.zmq_bind(s.ptr, name)
		return failure(rc, err)
	}); err != nil {
		return "", err
	}
	return s.LastEndpoint(), nil
}

// Connect connects to an endpoint, now or as soon as somebody is there.
func (s *Plain) Connect(endpoint string) error {
	return s.attach("connect to", endpoint, func(name *C.char) error {
		rc, err := C.zmq_connect(s.ptr, name)
		return failure(rc, err)
	})
}

func (s *Plain) attach(what, endpoint string, f func(*C.char) error) error {
	if s.ptr == nil {
		return ErrClosed
	}
	if err := checkEndpoint(endpoint); err != nil {
		return err
	}
	if strings.Contains(endpoint, "[") { // else addresses of IPv4 would be written as ones of IPv6
		s.set(C.ZMQ_IPV6, 1)
	}
	name := C.CString(endpoint)
	defer C.free(unsafe.Pointer(name))
	if err := f(name); err != nil {
		return explain(what, endpoint, err)
	}
	return nil
}

// failure is the error of a call; libzmq may leave one where all is well.
func failure(rc C.int, err error) error {
	if rc == 0 {
		return nil
	}
	return err
}

// LastEndpoint is what the socket has last been bound or connected to; "" if
// nothing.
func (s *Plain) LastEndpoint() string {
	var text [512]byte
	size := C.size_t(len(text))
	if s.ptr == nil {
		return ""
	}
	if rc, _ := C.zmq_getsockopt(s.ptr, C.ZMQ_LAST_ENDPOINT, unsafe.Pointer(&text[0]), &size); rc != 0 || size == 0 {
		return ""
	}
	return string(text[:size-1])
}

// Subscribe has a Sub take the topics that begin with prefix.
func (s *Plain) Subscribe(prefix []byte) error { return s.setBytes(C.ZMQ_SUBSCRIBE, prefix) }

// Unsubscribe takes one such Subscribe back.
func (s *Plain) Unsubscribe(prefix []byte) error { return s.setBytes(C.ZMQ_UNSUBSCRIBE, prefix) }

// Dropping says whether a Pub that was opened with NoDrop drops what a
// subscriber has no room for.
func (s *Plain) Dropping(yes bool) {
	if s.ptr == nil {
		return
	}
	nodrop := C.int(1)
	if yes {
		nodrop = 0
	}
	s.set(C.ZMQ_XPUB_NODROP, nodrop)
}

// Mark changes how many messages the socket holds for a peer, also for those
// that are connected.
func (s *Plain) Mark(messages int) {
	if s.ptr != nil {
		s.set(C.ZMQ_SNDHWM, C.int(messages))
	}
}

// Linger says how long the socket, once closed, goes on sending what it has
// taken. The context's Close waits for that.
func (s *Plain) Linger(d time.Duration) {
	if s.ptr != nil {
		s.set(C.ZMQ_LINGER, C.int(d.Milliseconds()))
	}
}

// FD is readable when the socket's events may have changed since they were
// last asked for, or a message was last sent or received. It must be polled
// only.
func (s *Plain) FD() int { return s.fd }

// Events says what the socket is ready for; a closed one for nothing.
func (s *Plain) Events() Events {
	if s.ptr == nil {
		return 0
	}
	rc := C.oc_plain_events(s.ptr)
	if rc < 0 {
		panic(fmt.Sprintf("bug: events of a socket of pattern %s: %v", s.kind, syscall.Errno(-rc)))
	}
	return Events(rc)
}

// Send sends a message of one part or more, whole or, with an error of this
// package, not at all. Look at [Plain.Events] before you wait for the
// descriptor: sending may swallow its edge.
func (s *Plain) Send(parts ...[]byte) error {
	if s.ptr == nil {
		return ErrClosed
	}
	last := parts[len(parts)-1]
	s.heads, s.sizes = s.heads[:0], s.sizes[:0]
	for _, p := range parts[:len(parts)-1] {
		s.heads = append(s.heads, p...)
		s.sizes = append(s.sizes, C.size_t(len(p)))
	}
	rc := C.oc_send_parts(s.ptr, (*C.char)(unsafe.Pointer(unsafe.SliceData(s.heads))), unsafe.SliceData(s.sizes), C.int(len(s.sizes)),
		unsafe.Pointer(unsafe.SliceData(last)), C.size_t(len(last)))
	return s.outcome("send", rc)
}

func (s *Plain) outcome(what string, rc C.int) error {
	switch err := syscall.Errno(-rc); {
	case rc >= 0:
		return nil
	case err == syscall.EAGAIN:
		return ErrAgain
	case err == syscall.EHOSTUNREACH:
		return ErrNoPeer
	case err == C.EFSM:
		return ErrState
	default:
		panic(fmt.Sprintf("bug: %s on a socket of pattern %s: %v", what, s.kind, err))
	}
}

// A Message is what has been received. Its memory is libzmq's, until Close or
// until it is used to receive again.
type Message struct {
	ptr   *C.oc_message
	parts [][]byte
}

// NewMessage makes a message to receive into, of at most so many parts and
// bytes in all. It must be freed.
func NewMessage(parts, bytes int) *Message {
	return &Message{ptr: C.oc_message_new(C.int(parts), C.size_t(bytes))}
}

// Parts are the message's parts. If it was too big they are those before what
// was too much.
func (m *Message) Parts() [][]byte { return m.parts }

// Close gives the memory of what was received back. The message can be used
// again.
func (m *Message) Close() {
	C.oc_message_clear(m.ptr)
	clear(m.parts)
	m.parts = m.parts[:0]
}

// Free gives all memory of the message back.
func (m *Message) Free() {
	if m.ptr != nil {
		m.Close()
		C.free(unsafe.Pointer(m.ptr))
		m.ptr = nil
	}
}

// Receive takes the next message: ErrAgain if none is there, ErrTooBig if it
// was more than m may hold; it is gone, then.
func (s *Plain) Receive(m *Message) error {
	m.Close()
	if s.ptr == nil {
		return ErrClosed
	}
	if err := s.outcome("receive", C.oc_recv_parts(s.ptr, m.ptr)); err != nil {
		return err
	}
	for i := range int(m.ptr.count) {
		var size C.size_t
		data := C.oc_message_part(m.ptr, C.int(i), &size)
		m.parts = append(m.parts, unsafe.Slice((*byte)(data), int(size)))
	}
	if m.ptr.whole == 0 {
		return ErrTooBig
	}
	return nil
}

var monitors atomic.Uint64

// Monitor gives a socket that tells what becomes of the connections of s: it
// receives what [ParseChange] reads. Close it before s.
//
// While a socket is monitored libzmq's I/O thread waits for room at the monitor,
// for ever where that is gone. So closing it ends the monitoring first.
func (s *Plain) Monitor() (*Plain, error) {
	endpoint := fmt.Sprintf("inproc://monitor-%d", monitors.Add(1))
	name := C.CString(endpoint)
	defer C.free(unsafe.Pointer(name))
	if rc, err := C.zmq_socket_monitor(s.ptr, name, C.int(watched)); rc != 0 {
		return nil, explain("watch", endpoint, err)
	}
	m, err := s.ctx.Open(Pair, Options{ReceiveHWM: -1})
	if err != nil {
		s.unmonitor()
		return nil, err
	}
	m.tells = s
	if err := m.Connect(endpoint); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// unmonitor ends the monitoring of s.
func (s *Plain) unmonitor() {
	if s.ptr != nil {
		C.zmq_socket_monitor(s.ptr, nil, 0)
	}
}

// ParseChange reads a message of a monitor: what has changed, its value and
// the address that it is about.
func ParseChange(parts [][]byte) (change Change, value uint32, address string, ok bool) {
	if len(parts) != 2 || len(parts[0]) != 6 {
		return 0, 0, "", false
	}
	return Change(binary.NativeEndian.Uint16(parts[0])), binary.NativeEndian.Uint32(parts[0][2:]), string(parts[1]), true
}

// Close closes the socket. What it has not sent is dropped after its linger.
func (s *Plain) Close() {
	if s.ptr == nil {
		return
	}
	if s.tells != nil {
		s.tells.unmonitor()
	}
	C.zmq_close(s.ptr)
	s.ptr = nil
}
