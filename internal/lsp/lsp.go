// Package lsp is the language server: it speaks the Language Server Protocol
// with an editor and answers what people ask of the program that they write. It
// finds nothing wrong itself: for that, and for what names mean, it asks lang and
// interp/build. Of the language it has only what its words are for; see words.go.
//
// Texts change in the order in which the client says so, on the connection's
// own goroutine. Each request is answered on a goroutine of its own about the
// view, the state of all texts, that it met. Programs are looked at one at a
// time: by the goroutine that publishes diagnostics, or by the first request
// that needs to know; see analyst. Read [Serve], then server.
package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Options are what a server needs to know of where it runs.
type Options struct {
	Standard fs.FS        // the sources of the standard library
	Cache    string       // a folder in which they are laid down for editors to show
	Version  string       // of opencore
	Log      *slog.Logger // what goes wrong within the server
}

// ErrNoShutdown is what [Serve] ends with when the client left without saying
// so before.
var ErrNoShutdown = errors.New("the editor went away without shutting the server down")

// Serve speaks with one client until it leaves.
func Serve(ctx context.Context, in io.ReadCloser, out io.WriteCloser, o Options) error {
	conn := jsonrpc2.NewConn(newStream(pipe{in, out}), jsonrpc2.WithCodec(codec{}))
	ctx, stop := context.WithCancel(ctx)
	s := newServer(o, protocol.ClientDispatcher(conn), stop)
	var publishing sync.WaitGroup
	publishing.Go(func() { newPublisher(s).run(ctx) })
	conn.Go(ctx, s.handle)
	select {
	case <-conn.Done():
	case <-ctx.Done(): // the client said exit
	}
	stop()
	err := conn.Close()
	publishing.Wait()
	s.mu.Lock()
	shut := s.shut
	s.mu.Unlock()
	if !shut {
		return errors.Join(ErrNoShutdown, conn.Err())
	}
	if err != nil && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("closing the connection: %w", err)
	}
	return nil
}

// A pipe is a connection made of two streams.
type pipe struct {
	io.Reader
	io.Writer
}

// Close closes both streams.
func (p pipe) Close() error {
	var errs []error
	for _, end := range []any{p.Reader, p.Writer} {
		if c, ok := end.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// A codec writes and reads what the protocol's messages carry.
type codec struct{}

// Marshal writes v as JSON.
func (codec) Marshal(v any) ([]byte, error) {
	if raw, ok := v.(jsonrpc2.RawMessage); ok {
		return raw, nil
	}
	return protocol.Marshal(v)
}

// Unmarshal reads JSON into what v points to.
func (codec) Unmarshal(data []byte, v any) error {
	if raw, ok := v.(*jsonrpc2.RawMessage); ok {
		*raw = append(jsonrpc2.RawMessage(nil), data...)
		return nil
	}
	return protocol.Unmarshal(data, v)
}

// A server is what one client talks to.
type server struct {
	protocol.UnimplementedServer
	Options
	*analyst
	client protocol.Client
	exit   func()         // ends the server
	wake   chan struct{}  // something has changed; holds one
	side   sync.WaitGroup // what the publisher waits for at its end

	watches bool // the client tells of files that change on the disk, if asked to; the connection's own

	mu    sync.Mutex
	view  *view             // the newest one
	shut  bool              // the client has asked to shut down
	asked map[string]func() // the requests that are being answered, and what cancels each
}

func newServer(o Options, client protocol.Client, exit func()) *server {
	s := &server{Options: o, client: client, exit: exit, wake: make(chan struct{}, 1), view: &view{}, asked: map[string]func(){}}
	s.analyst = newAnalyst(s.newest, s.inspectSafely)
	return s
}

// look lets the publisher look at the newest view, now or when it is done with
// the one at hand.
func (s *server) look() {
	select {
	case s.wake <- struct{}{}:
	default: // it will see this one too
	}
}

// aside does something for which nobody waits but the end of the publisher.
func (s *server) aside(do func()) { s.side.Go(do) }

// handle deals with a message. Those that change texts are dealt with in their
// order, all others side by side.
func (s *server) handle(ctx context.Context, req *jsonrpc2.Request) (result any, err error) {
	method := strings.Clone(req.Method())
	defer func() {
		if p := recover(); p != nil {
			s.bug(method, p)
			result, err = nil, jsonrpc2.Errorf(jsonrpc2.InternalError, "bug: %v", p)
		}
		if err != nil && !req.IsCall() { // an error of a notification would end the connection
			if known, ok := errors.AsType[*jsonrpc2.Error](err); !ok || known.Code != jsonrpc2.MethodNotFound {
				s.Log.Warn("a message that can't be read", "method", method, "error", err)
			}
			result, err = nil, nil
		}
	}()
	outer := jsonrpc2.DetachContext(ctx) // that of a request is used again for others
	switch {
	case method == protocol.MethodCancelRequest:
		return nil, s.cancel(req)
	case !req.IsCall(), method == protocol.MethodInitialize, method == protocol.MethodShutdown:
		return protocol.ServerHandler(s, nil)(outer, req)
	}
	s.mu.Lock()
	about, shut := s.view, s.shut
	s.mu.Unlock()
	if shut {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "the server is shutting down")
	}
	if about.enc == "" {
		return nil, jsonrpc2.Errorf(notInitialized, "the server has not been initialized")
	}
	inner, done := s.begin(outer, req.ID())
	defer done()
	jsonrpc2.Async(ctx)
	return protocol.ServerHandler(&request{server: s, view: about}, nil)(inner, req)
}

// begin gives a request a context that the client can cancel, until it is
// done.
func (s *server) begin(ctx context.Context, id jsonrpc2.ID) (inner context.Context, done func()) {
	inner, cancel := context.WithCancel(ctx)
	key := fmt.Sprint(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[key] = cancel
	return inner, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.asked, key)
	}
}

// cancel lets go of a request that the client no longer wants.
func (s *server) cancel(req *jsonrpc2.Request) error {
	var p protocol.CancelParams
	if err := protocol.Unmarshal(req.Params(), &p); err != nil {
		return err
	}
	var id jsonrpc2.ID
	switch named := p.ID.(type) {
	case protocol.Integer:
		id = jsonrpc2.NewNumberID(int64(named))
	case protocol.String:
		id = jsonrpc2.NewStringID(string(named))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.asked[fmt.Sprint(id)]; cancel != nil {
		cancel()
	}
	return nil
}

// A request is one question of the client about the texts as they were when
// it asked.
type request struct {
	*server
	view *view
}

// notInitialized is the protocol's code for requests that come too early.
const notInitialized jsonrpc2.Code = -32002

// stack says where a panic came from.
func stack() string { return string(debug.Stack()) }
