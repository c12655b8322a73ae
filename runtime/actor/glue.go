package actor

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"time"
	"unsafe"
)

// A Factory makes a handler ready to run. Generated glue and the standard
// library have one for each actor. It must not touch the world: that is what
// Start is for.
type Factory func(s *Setup) (*Instance, error)

// A Setup is what the runtime gives a factory.
type Setup struct {
	// Params holds the parameters by name: nil, bool, int64, float64, string
	// (enum values too), []byte, time.Time, time.Duration, []any, map[string]any.
	// Expressions are strings; their compiled form is in Mappings.
	Params map[string]any
	// Messages tells the types that the instance's type parameters stand for
	// and those of its ports, as *schema.Message, by "T" or the port's name; of a
	// pair port what it receives. It is any so that this package imports the
	// standard library alone.
	Messages map[string]any
	// Mappings holds the parameters of type expr and {string: expr}, compiled.
	Mappings map[string]Mapper
	// Outs and Asks are the outgoing ports by name; unwired ones are there too.
	Outs map[string]Sender
	Asks map[string]Asker
	// Source is set for actors without in-ports.
	Source Progress
	// Reject disposes of bytes from outside that could not be understood:
	// where says where they came from, like "quakes.ndjson:17".
	Reject func(ctx context.Context, port, where string, reason error, data []byte)
	Title  string // of the process: "tally.2"
	// Replicas is how many replicas the instance has.
	Replicas int
	// Incarnation is 1 at first and one more with every restart of the process.
	Incarnation uint32
}

// An Instance is a handler with its ports.
type Instance struct {
	Handler any                 // looked at for Starter, Runner, Ticker and Stopper
	Every   time.Duration       // how often Tick is called; 0: never
	In      map[string]Incoming // the in-ports by name
	// Flush is called when a batch of messages has been handled, before they
	// count as delivered and are acknowledged: what a sink has buffered goes
	// out, so that a process that is killed has not lost what it said it had.
	// It may be nil. What it returns is treated like an error of Tick.
	Flush func(ctx context.Context) error
}

// Incoming handles what comes in at a port; the field that fits the port's
// pattern is set. payload is valid until the function returns.
type Incoming struct {
	Message  func(ctx context.Context, payload []byte) error                  // pull, sub, in, pair
	Request  func(ctx context.Context, payload, reply []byte) ([]byte, error) // rep: appends to reply
	Deferred func(ctx context.Context, payload []byte, r Responder) error     // router
}

// A Starter prepares itself before the first message.
type Starter interface {
	Start(ctx context.Context) error
}

// A Runner is a source that works until its stream ends, or ctx is done.
type Runner interface {
	Run(ctx context.Context) error
}

// A Ticker does something every so often; see [Instance].Every.
type Ticker interface {
	Tick(ctx context.Context, now time.Time) error
}

// A Stopper tidies up behind the last message, its ports still open.
type Stopper interface {
	Stop(ctx context.Context) error
}

// A Sender is the runtime's side of an [Out]. Begin waits until nobody else
// is sending at the port and takes it; Send offers the message and gives the port
// back.
type Sender interface {
	Begin()
	Send(ctx context.Context, m Outgoing) error
}

// An Asker is the runtime's side of an [Ask]. Begin is as in Sender; Ask and Go
// give the port back. A reply's payload is valid until the caller next calls
// the runtime.
type Asker interface {
	Begin()
	Ask(ctx context.Context, m Outgoing) ([]byte, error)
	Go(ctx context.Context, m Outgoing, done func(ctx context.Context, payload []byte, err error)) error
}

// A Responder is the runtime's side of a [Reply].
type Responder interface {
	Reply(ctx context.Context, payload []byte, err error) error
}

// Outgoing is a message on its way out, as the runtime sees it.
type Outgoing interface {
	// Raw gives the encoding where the message is at hand only as such, else nil.
	Raw() []byte
	// Struct points to the message as a Go value, for filters that read
	// fields at their offsets; nil where Raw is not.
	Struct() unsafe.Pointer
	// Type is the Go type that Struct points to; nil where Struct is.
	Type() reflect.Type
	// Append appends the encoding.
	Append(b []byte) []byte
}

// Progress is what a source tells the runtime about where it is.
type Progress interface {
	// Place is where a predecessor of this process got to: behind the last
	// message that it sent. 0 at first.
	Place() uint64
	// Sent notes that all up to place has been sent.
	Sent(place uint64)
	// Size notes how many bytes are done, of how many in all; 0 if unknown.
	Size(done, total uint64)
}

// A Mapper computes values from a message's encoding.
type Mapper interface {
	// Map appends the encoding of the message that a {string: expr} describes.
	Map(dst, payload []byte) ([]byte, error)
}

// Raw is a message as its encoding, for actors whose message type is known
// only when they run.
type Raw []byte

// AppendMessage implements [Message].
func (r Raw) AppendMessage(b []byte) []byte { return append(b, r...) }

// DecodeMessage makes r a view of payload.
func (r *Raw) DecodeMessage(payload []byte) error {
	*r = payload
	return nil
}

// A MessageDecoder is the pointer to a generated message type.
type MessageDecoder interface {
	// DecodeMessage replaces the message by what payload encodes. It keeps
	// nothing of payload.
	DecodeMessage(payload []byte) error
}

func decode[T any](m *T, payload []byte) error {
	d, ok := any(m).(MessageDecoder)
	if !ok {
		return fmt.Errorf("actor: %T can't be decoded", m)
	}
	return d.DecodeMessage(payload)
}

// Connect wires the port.
func (o *Out[T]) Connect(s Sender) { o.sender = s }

// Raw implements [Outgoing].
func (o *Out[T]) Raw() []byte { return raw(&o.value) }

// Struct implements [Outgoing].
func (o *Out[T]) Struct() unsafe.Pointer { return pointer(&o.value) }

// Type implements [Outgoing].
func (o *Out[T]) Type() reflect.Type { return typeOf(&o.value) }

// Append implements [Outgoing].
func (o *Out[T]) Append(b []byte) []byte { return o.value.AppendMessage(b) }

// Connect wires the port.
func (a *Ask[A, B]) Connect(s Asker) { a.asker = s }

// Raw implements [Outgoing].
func (a *Ask[A, B]) Raw() []byte { return raw(&a.value) }

// Struct implements [Outgoing].
func (a *Ask[A, B]) Struct() unsafe.Pointer { return pointer(&a.value) }

// Type implements [Outgoing].
func (a *Ask[A, B]) Type() reflect.Type { return typeOf(&a.value) }

// Append implements [Outgoing].
func (a *Ask[A, B]) Append(b []byte) []byte { return a.value.AppendMessage(b) }

// NewReply wraps the runtime's side of a request.
func NewReply[T Message](r Responder) Reply[T] { return Reply[T]{r} }

// raw gives the encoding that m is, never nil; nil if m is no *Raw.
func raw(m any) []byte {
	r, ok := m.(*Raw)
	switch {
	case !ok:
		return nil
	case *r == nil:
		return []byte{}
	default:
		return *r
	}
}

// pointer gives m as an unsafe pointer, nil if m is a *Raw: the two cases of
// [Outgoing] exclude each other.
func pointer[T any](m *T) unsafe.Pointer {
	if _, ok := any(m).(*Raw); ok {
		return nil
	}
	return unsafe.Pointer(m)
}

// typeOf gives the type that m points to, nil if m is a *Raw.
func typeOf[T any](m *T) reflect.Type {
	if _, ok := any(m).(*Raw); ok {
		return nil
	}
	return reflect.TypeFor[T]()
}

// An Error says more about why a handler can't do its work. From Start, Run,
// Tick and Stop it is an error like others; from an in-port it ends the
// process, where any other error rejects the message: a disk is full, and so
// it will be for the next one.
type Error struct {
	Param  string // the parameter to blame; "" if none
	Config bool   // parameters or environment are wrong: a restart would not help
	Err    error
}

// Error gives the words of the cause.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// BadParam blames a parameter: the process is not restarted, and the message
// names the place where the value is written.
func BadParam(name string, err error) error { return &Error{Param: name, Config: true, Err: err} }

// Info is what [Topic], [Log] and [Subscribe] use. The runtime keeps one per
// process and changes its Topic from message to message.
type Info struct {
	Topic     string
	Log       *slog.Logger
	Subscribe func(port string, prefixes []string) error
}

type infoKey struct{}

// WithInfo gives a context that carries i.
func WithInfo(ctx context.Context, i *Info) context.Context {
	return context.WithValue(ctx, infoKey{}, i)
}

func infoOf(ctx context.Context) *Info {
	i, _ := ctx.Value(infoKey{}).(*Info)
	return i
}
