//go:build !cgo

package zmq

import "time"

// A Context owns the I/O thread of its sockets.
type Context struct{}

// Version is empty: there is no libzmq in this build.
func Version() string { return "" }

// NewContext says what is missing.
func NewContext() (*Context, error) { return nil, ErrUnavailable }

// Router is never reached: there is no context.
func (c *Context) Router(string, int64) (*Socket, error) { return nil, ErrUnavailable }

// Dealer is never reached: there is no context.
func (c *Context) Dealer(string, int64) (*Socket, error) { return nil, ErrUnavailable }

// Close does nothing.
func (c *Context) Close() error { return nil }

// A Socket can't be made in this build.
type Socket struct{}

func (s *Socket) Endpoint() string                   { return "" }
func (s *Socket) Also(string) error                  { return ErrUnavailable }
func (s *Socket) FD() int                            { return -1 }
func (s *Socket) Events() Events                     { return 0 }
func (s *Socket) Send([]byte) (Events, bool)         { return 0, false }
func (s *Socket) Receive(*Frame) bool                { return false }
func (s *Socket) ReceiveFrom(*Frame) bool            { return false }
func (s *Socket) Close()                             {}
func (s *Socket) SendTo(Peer, []byte) (Events, bool) { return 0, false }

// A Buffer is memory to pack a frame in.
type Buffer struct{ data []byte }

// NewBuffer gives a buffer that can't be sent.
func NewBuffer(size int) Buffer { return Buffer{make([]byte, 0, size)} }

func (b Buffer) Bytes() []byte                               { return b.data }
func (b Buffer) Holds([]byte) bool                           { return false }
func (b Buffer) Free()                                       {}
func (s *Socket) SendBuffer(Buffer, int, int) (Events, bool) { return 0, false }

// A Frame is a received frame.
type Frame struct{}

// NewFrame makes a frame that nothing can be received into.
func NewFrame() *Frame { return &Frame{} }

func (f *Frame) Bytes() []byte { return nil }
func (f *Frame) From() Peer    { return 0 }
func (f *Frame) Close()        {}
func (f *Frame) Free()         {}

// A Plain can't be made in this build.
type Plain struct{}

// Open is never reached: there is no context.
func (c *Context) Open(Kind, Options) (*Plain, error) { return nil, ErrUnavailable }

func (s *Plain) Kind() Kind                  { return 0 }
func (s *Plain) Bind(string) (string, error) { return "", ErrUnavailable }
func (s *Plain) Connect(string) error        { return ErrUnavailable }
func (s *Plain) LastEndpoint() string        { return "" }
func (s *Plain) Subscribe([]byte) error      { return ErrUnavailable }
func (s *Plain) Unsubscribe([]byte) error    { return ErrUnavailable }
func (s *Plain) Dropping(bool)               {}
func (s *Plain) Mark(int)                    {}
func (s *Plain) Linger(time.Duration)        {}
func (s *Plain) FD() int                     { return -1 }
func (s *Plain) Events() Events              { return 0 }
func (s *Plain) Send(...[]byte) error        { return ErrUnavailable }
func (s *Plain) Receive(*Message) error      { return ErrUnavailable }
func (s *Plain) Monitor() (*Plain, error)    { return nil, ErrUnavailable }
func (s *Plain) Close()                      {}

// A Message is what has been received.
type Message struct{}

// NewMessage makes a message that nothing can be received into.
func NewMessage(parts, bytes int) *Message { return &Message{} }

func (m *Message) Parts() [][]byte { return nil }
func (m *Message) Close()          {}
func (m *Message) Free()           {}

// ParseChange reads a message of a monitor, of which there are none.
func ParseChange([][]byte) (change Change, value uint32, address string, ok bool) {
	return 0, 0, "", false
}
