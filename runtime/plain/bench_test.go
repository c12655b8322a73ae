package plain

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/lane"
	"github.com/ilpomo/opencore/runtime/message"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
)

// A gauge is a message of two numbers and a word.
var gauge = &schema.Message{Name: "Gauge", Fields: []schema.Field{
	{Name: "n", Type: &schema.Type{Kind: schema.Int}}, {Name: "x", Type: &schema.Type{Kind: schema.Float}}, {Name: "w", Type: &schema.Type{Kind: schema.String}},
}}

// BenchmarkPush sends from a node to a foreign PULL, that only counts.
func BenchmarkPush(b *testing.B) { benchmarkOut(b, "push", zmq.Pull) }

// BenchmarkPub likewise, to a foreign SUB of everything.
func BenchmarkPub(b *testing.B) { benchmarkOut(b, "pub", zmq.Sub) }

func benchmarkOut(b *testing.B, socket string, kind zmq.Kind) {
	w := newBench(b, socket)
	s, err := OpenSender(w.config)
	if err != nil {
		b.Fatal(err)
	}
	w.node.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { w.sink(kind, s.Endpoint(), b.N) })
	w.node.Lock()
	defer wg.Wait()
	defer w.node.Unlock()
	if p, ok := s.(*publisher); ok {
		w.node.Wait(func() bool { return len(p.counts) > 0 }, 0)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if s.Full() {
			w.node.Wait(func() bool { return !s.Full() }, 0)
		}
		s.Put("", w.payload)
	}
	w.node.Wait(s.Clear, 0)
}

// BenchmarkPull takes what a foreign PUSH sends.
func BenchmarkPull(b *testing.B) {
	w := newBench(b, "pull")
	r, err := OpenReceiver(w.config)
	if err != nil {
		b.Fatal(err)
	}
	w.node.Unlock()
	var wg sync.WaitGroup
	over := make(chan struct{}) // closing earlier may lose what a receiver at its mark has not read
	wg.Go(func() { w.source(r.Endpoint(), b.N, over) })
	w.node.Lock()
	defer wg.Wait()
	defer close(over)
	defer w.node.Unlock()
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		if _, ok := r.Next(); ok {
			n++
			continue
		}
		w.node.Wait(r.Waiting, 0)
	}
	r.Free()
}

// A bench is a node, locked, with the context of a foreign peer.
type bench struct {
	*testing.B
	node    *lane.Node
	foreign *zmq.Context
	config  Config
	payload []byte
}

func newBench(b *testing.B, socket string) *bench {
	n, err := lane.Open(lane.Config{Bind: "ipc://" + b.TempDir() + "/node"})
	if err != nil {
		b.Fatal(err)
	}
	foreign, err := zmq.NewContext()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		n.Close()
		foreign.Close()
	})
	codec, err := message.NewCodec("msgpack", gauge)
	if err != nil {
		b.Fatal(err)
	}
	payload, err := message.NewJSONReader(gauge).Append(nil, []byte(`{"n": 12345, "x": 1.5, "w": "some twenty bytes ..."}`))
	if err != nil {
		b.Fatal(err)
	}
	n.Lock()
	return &bench{b, n, foreign, Config{
		Node: n, Name: "bench", Socket: socket, Bind: true, Endpoint: "ipc://" + b.TempDir() + "/s", Codec: codec,
		Queue: spec.Queue{Messages: 1000, Full: "block"}, Report: nil, Ready: func() {},
		Offered: new(uint64), Filtered: new(uint64), Dropped: new(uint64), Left: new(uint64), Delivered: new(uint64), Rejected: new(uint64),
	}, payload}
}

func (w *bench) peer(kind zmq.Kind, endpoint string) *zmq.Plain {
	s, err := w.foreign.Open(kind, zmq.Options{Subscribed: true})
	if err == nil {
		err = s.Connect(endpoint)
	}
	if err != nil {
		w.Error(err)
	}
	return s
}

func (w *bench) sink(kind zmq.Kind, endpoint string, n int) {
	s := w.peer(kind, endpoint)
	defer s.Close()
	m := zmq.NewMessage(2, 1<<20)
	defer m.Free()
	for i := 0; i < n; {
		if s.Receive(m) == nil {
			i++
		} else if !s.Events().Readable() {
			unix.Poll([]unix.PollFd{{Fd: int32(s.FD()), Events: unix.POLLIN}}, -1)
		}
	}
}

func (w *bench) source(endpoint string, n int, over <-chan struct{}) {
	s := w.peer(zmq.Push, endpoint)
	defer func() {
		<-over
		s.Close()
	}()
	data, err := w.config.Codec.Append(nil, w.payload)
	if err != nil {
		w.Error(err)
	}
	for i := 0; i < n; {
		if s.Send(data) == nil {
			i++
		} else if !s.Events().Writable() {
			unix.Poll([]unix.PollFd{{Fd: int32(s.FD()), Events: unix.POLLIN}}, -1)
		}
	}
}
