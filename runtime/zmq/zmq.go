//go:build cgo

package zmq

/*
#cgo pkg-config: libzmq
#cgo noescape oc_send
#cgo nocallback oc_send
#cgo noescape oc_send_buffer
#cgo nocallback oc_send_buffer
#cgo nocallback oc_buffer_new
#cgo nocallback oc_buffer_free
#cgo noescape oc_send_to
#cgo nocallback oc_send_to
#cgo noescape oc_recv
#cgo nocallback oc_recv
#cgo noescape oc_recv_from
#cgo nocallback oc_recv_from
#cgo noescape oc_events
#cgo nocallback oc_events

#include <errno.h>
#include <pthread.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

// oc_keep_memory has malloc take the memory of frames from its heap and keep
// it. By default each frame of 128 KiB is mapped and unmapped, which costs more
// page faults than the frame takes to copy.
static void oc_keep_memory(void) {
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

// A frame lives in C memory, so that its data never points into Go's.
typedef struct {
	zmq_msg_t msg;
	uint32_t from; // of a ROUTER: who sent it
	int open;      // msg is initialized
} oc_frame;

static int oc_events(void *s) {
	int events;
	size_t size = sizeof events;
	while (zmq_getsockopt(s, ZMQ_EVENTS, &events, &size) != 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return events;
}

// oc_send gives the events of the socket behind the send, or -errno.
static int oc_send(void *s, const void *data, size_t size) {
	while (zmq_send(s, data, size, ZMQ_DONTWAIT) < 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return oc_events(s);
}

// A buffer is memory that a frame is packed in and that libzmq then sends from,
// without a copy. When it is sent, by a thread of libzmq's, it comes back here.
typedef struct oc_buffer {
	struct oc_buffer *next;
	size_t size;
	int kept; // not sent: whoever packed it goes on with it
	char pad[40];
} oc_buffer;

enum { oc_spare_max = 16 };

static pthread_mutex_t oc_lock = PTHREAD_MUTEX_INITIALIZER;
static oc_buffer *oc_spare; // unused ones
static int oc_spares;

static oc_buffer *oc_buffer_new(size_t size) {
	oc_buffer *b = NULL;
	pthread_mutex_lock(&oc_lock);
	if (oc_spare && oc_spare->size >= size) {
		b = oc_spare;
		oc_spare = b->next;
		oc_spares--;
	}
	pthread_mutex_unlock(&oc_lock);
	if (!b) {
		b = malloc(sizeof *b + size);
		if (!b) abort(); // as Go does
		b->size = size;
	}
	b->kept = 0;
	return b;
}

static void oc_buffer_free(oc_buffer *b, size_t usual) {
	pthread_mutex_lock(&oc_lock);
	int keep = oc_spares < oc_spare_max && b->size == usual;
	if (keep) {
		b->next = oc_spare;
		oc_spare = b;
		oc_spares++;
	}
	pthread_mutex_unlock(&oc_lock);
	if (!keep) free(b);
}

enum { oc_usual = 320 << 10 }; // BufferSize

static void oc_sent(void *data, void *buffer) {
	oc_buffer *b = buffer;
	if (!b->kept) oc_buffer_free(b, oc_usual);
}

static int oc_send_buffer(void *s, oc_buffer *b, size_t from, size_t size) {
	zmq_msg_t m;
	zmq_msg_init_data(&m, (char *)(b + 1) + from, size, oc_sent, b);
	while (zmq_msg_send(&m, s, ZMQ_DONTWAIT) < 0) {
		if (zmq_errno() == EINTR) continue;
		int error = zmq_errno();
		b->kept = 1;
		zmq_msg_close(&m);
		b->kept = 0;
		return -error;
	}
	return oc_events(s);
}

// oc_send_to sends from a ROUTER. The two parts of a message go out whole or
// not at all: the second can't fail on a socket without a high-water mark.
static int oc_send_to(void *s, uint32_t to, const void *data, size_t size) {
	unsigned char id[5] = {0};
	memcpy(id + 1, &to, 4);
	while (zmq_send(s, id, sizeof id, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return oc_send(s, data, size);
}

static void oc_close_frame(oc_frame *f) {
	if (f->open) zmq_msg_close(&f->msg);
	f->open = 0;
}

static int oc_part(void *s, oc_frame *f) {
	oc_close_frame(f);
	zmq_msg_init(&f->msg);
	f->open = 1;
	while (zmq_msg_recv(&f->msg, s, ZMQ_DONTWAIT) < 0) {
		if (zmq_errno() != EINTR) return -zmq_errno();
	}
	return 0;
}

// oc_rest drops what is left of a message of too many parts. They are all
// there: libzmq hands over whole messages.
static int oc_rest(void *s, oc_frame *f) {
	int many = 0;
	while (zmq_msg_more(&f->msg)) {
		int rc = oc_part(s, f);
		if (rc < 0) return rc;
		many = 1;
	}
	return many;
}

// oc_recv gives 0, -errno, or 1 for a message that is not one of ours.
static int oc_recv(void *s, oc_frame *f, void **data, size_t *size) {
	int rc = oc_part(s, f);
	if (rc < 0) return rc;
	if ((rc = oc_rest(s, f)) != 0) return rc;
	*data = zmq_msg_data(&f->msg);
	*size = zmq_msg_size(&f->msg);
	return 0;
}

static int oc_recv_from(void *s, oc_frame *f, void **data, size_t *size) {
	int rc = oc_part(s, f);
	if (rc < 0) return rc;
	unsigned char *id = zmq_msg_data(&f->msg);
	int ours = zmq_msg_size(&f->msg) == 5 && id[0] == 0;
	if (ours) memcpy(&f->from, id + 1, 4);
	if (!zmq_msg_more(&f->msg)) return 1;
	rc = oc_recv(s, f, data, size);
	if (rc < 0) return rc;
	return rc != 0 || !ours;
}
*/
import "C"

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// A Context owns the I/O thread of its sockets. One per process, but in
// tests.
type Context struct{ ptr unsafe.Pointer }

func version() (major, minor, patch int) {
	var x, y, z C.int
	C.zmq_version(&x, &y, &z)
	return int(x), int(y), int(z)
}

// Version is that of the libzmq at hand, like "4.3.4".
func Version() string {
	major, minor, patch := version()
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}

// NewContext makes a context. It refuses a libzmq that is too old to be safe.
func NewContext() (*Context, error) {
	if err := checkVersion(version()); err != nil {
		return nil, err
	}
	C.oc_keep_memory()
	hushPGM()
	ptr, err := C.zmq_ctx_new()
	if ptr == nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	c := &Context{ptr}
	C.zmq_ctx_set(ptr, C.ZMQ_MAX_SOCKETS, maxSockets)
	C.zmq_ctx_set(ptr, C.ZMQ_BLOCKY, 0)
	return c, nil
}

// hushPGM keeps OpenPGM from writing warnings on the standard output, which is
// not its own. It looks at its environment when the first context is made.
func hushPGM() {
	if _, set := os.LookupEnv("PGM_MIN_LOG_LEVEL"); !set {
		os.Setenv("PGM_MIN_LOG_LEVEL", "FATAL")
	}
}

// Close ends the context. All its sockets must have been closed.
func (c *Context) Close() error {
	for {
		if rc, err := C.zmq_ctx_term(c.ptr); rc == 0 || err != syscall.EINTR {
			return err
		}
	}
}

// A Socket is a ROUTER or a DEALER. It isn't safe for use by several
// goroutines at a time.
type Socket struct {
	ptr      unsafe.Pointer
	endpoint string
	fd       int
}

// Router makes a ROUTER that is bound to endpoint. It hears everybody, and
// sends to those that it has heard. A peer that sends a frame of more than
// maxFrame bytes is disconnected; -1 is no limit.
func (c *Context) Router(endpoint string, maxFrame int64) (*Socket, error) {
	if err := checkEndpoint(endpoint); err != nil {
		return nil, err
	}
	s, err := c.open(C.ZMQ_ROUTER, endpoint, maxFrame)
	if err != nil {
		return nil, err
	}
	s.set(C.ZMQ_ROUTER_MANDATORY, 1)
	if err := s.Also(endpoint); err != nil {
		s.Close()
		return nil, err
	}
	if s.endpoint, err = s.lastEndpoint(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Also binds a ROUTER to another endpoint. Endpoint stays what it was.
func (s *Socket) Also(endpoint string) error {
	name := C.CString(endpoint)
	defer C.free(unsafe.Pointer(name))
	if rc, err := C.zmq_bind(s.ptr, name); rc != 0 {
		return explain("bind", endpoint, err)
	}
	return nil
}

// Dealer makes a DEALER that connects to endpoint, now or as soon as somebody
// is there. What it is given to send before that is refused. maxFrame is as for
// Router.
func (c *Context) Dealer(endpoint string, maxFrame int64) (*Socket, error) {
	if err := checkEndpoint(endpoint); err != nil {
		return nil, err
	}
	s, err := c.open(C.ZMQ_DEALER, endpoint, maxFrame)
	if err != nil {
		return nil, err
	}
	s.set(C.ZMQ_IMMEDIATE, 1)
	name := C.CString(endpoint)
	defer C.free(unsafe.Pointer(name))
	if rc, err := C.zmq_connect(s.ptr, name); rc != 0 {
		s.Close()
		return nil, explain("connect to", endpoint, err)
	}
	return s, nil
}

func (c *Context) open(kind C.int, endpoint string, maxFrame int64) (*Socket, error) {
	ptr, err := C.zmq_socket(c.ptr, kind)
	if ptr == nil {
		return nil, explain("open a socket for", endpoint, err)
	}
	s := &Socket{ptr: ptr, endpoint: endpoint}
	s.set(C.ZMQ_LINGER, 0)
	s.set(C.ZMQ_SNDHWM, 0)
	s.set(C.ZMQ_RCVHWM, 0)
	s.set(C.ZMQ_RECONNECT_IVL, reconnectMillis)
	s.set(C.ZMQ_RECONNECT_IVL_MAX, reconnectMaxMillis)
	max := C.int64_t(maxFrame)
	C.zmq_setsockopt(ptr, C.ZMQ_MAXMSGSIZE, unsafe.Pointer(&max), C.size_t(unsafe.Sizeof(max)))
	var fd C.int
	size := C.size_t(unsafe.Sizeof(fd))
	if rc, err := C.zmq_getsockopt(ptr, C.ZMQ_FD, unsafe.Pointer(&fd), &size); rc != 0 {
		s.Close()
		return nil, explain("open a socket for", endpoint, err)
	}
	s.fd = int(fd)
	return s, nil
}

// set panics where libzmq doesn't know an option: the version has been
// checked, so the option or its value is ours to mend.
func (s *Socket) set(option C.int, value C.int) {
	if rc, err := C.zmq_setsockopt(s.ptr, option, unsafe.Pointer(&value), C.size_t(unsafe.Sizeof(value))); rc != 0 {
		panic(fmt.Sprintf("bug: option %d of a socket: %v", option, err))
	}
}

func (s *Socket) lastEndpoint() (string, error) {
	var text [512]byte
	size := C.size_t(len(text))
	if rc, err := C.zmq_getsockopt(s.ptr, C.ZMQ_LAST_ENDPOINT, unsafe.Pointer(&text[0]), &size); rc != 0 {
		return "", explain("ask for the address of", s.endpoint, err)
	}
	return string(text[:size-1]), nil
}

// Endpoint is what the socket is bound or connected to; of tcp with the port
// that the system has chosen.
func (s *Socket) Endpoint() string { return s.endpoint }

// FD is readable when the socket's events may have changed since they were
// last asked for. It must be polled only.
func (s *Socket) FD() int { return s.fd }

// Events says what the socket is ready for.
func (s *Socket) Events() Events {
	rc := C.oc_events(s.ptr)
	if rc < 0 {
		panic(fmt.Sprintf("bug: events of %s: %v", s.endpoint, syscall.Errno(-rc)))
	}
	return Events(rc)
}

// Send sends a frame from a DEALER without waiting. It gives the socket's
// events behind it: a send may swallow the edge of [Socket.FD]. ok is false
// when nobody is connected.
func (s *Socket) Send(frame []byte) (e Events, ok bool) {
	rc := C.oc_send(s.ptr, unsafe.Pointer(unsafe.SliceData(frame)), C.size_t(len(frame)))
	return s.sent(rc)
}

// A Buffer is memory to pack a frame in, which is sent without a copy. It must
// be sent or freed. The zero value is none.
type Buffer struct{ ptr *C.oc_buffer }

// NewBuffer gives a buffer of at least that many bytes, and of at least
// [BufferSize].
func NewBuffer(size int) Buffer { return Buffer{C.oc_buffer_new(C.size_t(max(size, BufferSize)))} }

// Bytes is the buffer's memory: empty, with all its capacity.
func (b Buffer) Bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(b.ptr), C.sizeof_oc_buffer)), int(b.ptr.size))[:0]
}

// Holds tells whether frame lies in the buffer: appending may have moved it.
func (b Buffer) Holds(frame []byte) bool {
	return b.ptr != nil && unsafe.Pointer(unsafe.SliceData(frame)) == unsafe.Add(unsafe.Pointer(b.ptr), C.sizeof_oc_buffer)
}

// Free gives the buffer back.
func (b Buffer) Free() {
	if b.ptr != nil {
		C.oc_buffer_free(b.ptr, C.oc_usual)
	}
}

// SendBuffer is Send of the size bytes at from in a buffer. If ok it belongs to
// libzmq from then on.
func (s *Socket) SendBuffer(b Buffer, from, size int) (e Events, ok bool) {
	return s.sent(C.oc_send_buffer(s.ptr, b.ptr, C.size_t(from), C.size_t(size)))
}

// SendTo sends a frame from a ROUTER to the peer from which [Socket.Receive]
// gave a frame. ok is false when it is gone.
func (s *Socket) SendTo(to Peer, frame []byte) (e Events, ok bool) {
	rc := C.oc_send_to(s.ptr, C.uint32_t(to), unsafe.Pointer(unsafe.SliceData(frame)), C.size_t(len(frame)))
	return s.sent(rc)
}

func (s *Socket) sent(rc C.int) (Events, bool) {
	if rc >= 0 {
		return Events(rc), true
	}
	if err := syscall.Errno(-rc); err != syscall.EAGAIN && err != syscall.EHOSTUNREACH {
		panic(fmt.Sprintf("bug: send on %s: %v", s.endpoint, err))
	}
	return s.Events(), false
}

// A Frame is a received frame. Its memory is libzmq's, until Close or until
// it is used to receive again.
type Frame struct {
	ptr  *C.oc_frame
	data []byte
}

// NewFrame makes a frame to receive into. It must be freed.
func NewFrame() *Frame {
	return &Frame{ptr: (*C.oc_frame)(C.calloc(1, C.sizeof_oc_frame))}
}

// Bytes is what was received.
func (f *Frame) Bytes() []byte { return f.data }

// From is who sent it, if a ROUTER received it.
func (f *Frame) From() Peer { return Peer(f.ptr.from) }

// Close gives the memory of what was received back. The frame can be used
// again.
func (f *Frame) Close() {
	C.oc_close_frame(f.ptr)
	f.data = nil
}

// Free gives all memory of the frame back.
func (f *Frame) Free() {
	f.Close()
	C.free(unsafe.Pointer(f.ptr))
	f.ptr = nil
}

// Receive takes the next frame, on a DEALER or, with its sender, on a ROUTER.
// It doesn't wait: ok is false when none is there.
func (s *Socket) Receive(f *Frame) (ok bool) { return s.receive(f, false) }

// ReceiveFrom is Receive for a ROUTER.
func (s *Socket) ReceiveFrom(f *Frame) (ok bool) { return s.receive(f, true) }

func (s *Socket) receive(f *Frame, router bool) bool {
	for {
		var data unsafe.Pointer
		var size C.size_t
		var rc C.int
		if router {
			rc = C.oc_recv_from(s.ptr, f.ptr, &data, &size)
		} else {
			rc = C.oc_recv(s.ptr, f.ptr, &data, &size)
		}
		switch {
		case rc == 0:
			f.data = unsafe.Slice((*byte)(data), int(size))
			return true
		case rc > 0: // not one of ours: drop it
		case syscall.Errno(-rc) == syscall.EAGAIN:
			return false
		default:
			panic(fmt.Sprintf("bug: receive on %s: %v", s.endpoint, syscall.Errno(-rc)))
		}
	}
}

// Close closes the socket. What it has not sent is dropped.
func (s *Socket) Close() {
	if s.ptr != nil {
		C.zmq_close(s.ptr)
		s.ptr = nil
	}
}
