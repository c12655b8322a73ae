// Eight does by hand, over zmq4 and msgpack, what bench/eight does: three
// processes, of which the first makes orders, the second reckons a discount in
// and the third adds them up.
//
//	eight COUNT FOLDER
//
// starts them and prints how many orders a second the third got, from its first to its last.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/pebbe/zmq4"
	"github.com/vmihailenco/msgpack/v5"
)

// An Order is the message Order of eight.actors.
type Order struct {
	ID       int64     `msgpack:"id"`
	At       time.Time `msgpack:"at"`
	Customer string    `msgpack:"customer"`
	Product  string    `msgpack:"product"`
	Price    float64   `msgpack:"price"`
	Count    int64     `msgpack:"count"`
	Paid     bool      `msgpack:"paid"`
	Note     string    `msgpack:"note"`
}

func main() {
	count, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	in, out := "ipc://"+os.Args[2]+"/eight.in", "ipc://"+os.Args[2]+"/eight.out"
	if len(os.Args) > 3 {
		err = map[string]func() error{
			"shop":     func() error { return shop(count, in) },
			"discount": func() error { return discount(in, out) },
		}[os.Args[3]]()
	} else {
		err = till(count, out)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// A sender encodes and sends orders with buffers of its own.
type sender struct {
	socket  *zmq4.Socket
	buffer  bytes.Buffer
	encoder *msgpack.Encoder
}

func newSender(endpoint string) (*sender, error) {
	socket, err := zmq4.NewSocket(zmq4.PUSH)
	if err != nil {
		return nil, err
	}
	s := &sender{socket: socket}
	s.encoder = msgpack.NewEncoder(&s.buffer)
	return s, socket.Connect(endpoint)
}

func (s *sender) send(o *Order) error {
	s.buffer.Reset()
	if err := s.encoder.Encode(o); err != nil {
		return err
	}
	_, err := s.socket.SendBytes(s.buffer.Bytes(), 0)
	return err
}

// A receiver receives and decodes orders.
type receiver struct {
	socket  *zmq4.Socket
	reader  bytes.Reader
	decoder *msgpack.Decoder
}

func newReceiver(endpoint string) (*receiver, error) {
	socket, err := zmq4.NewSocket(zmq4.PULL)
	if err != nil {
		return nil, err
	}
	r := &receiver{socket: socket}
	r.decoder = msgpack.NewDecoder(&r.reader)
	return r, socket.Bind(endpoint)
}

func (r *receiver) receive(o *Order) error {
	data, err := r.socket.RecvBytes(0)
	if err != nil {
		return err
	}
	r.reader.Reset(data)
	r.decoder.Reset(&r.reader)
	return r.decoder.Decode(o)
}

func shop(count int64, in string) error {
	s, err := newSender(in)
	if err != nil {
		return err
	}
	o := Order{
		At: time.Date(2018, 1, 31, 1, 49, 59, 0, time.UTC), Customer: "Lidell, Alice", Product: "looking-glass, oak frame",
		Price: 129.5, Count: 2, Note: "to be left with the caterpillar if nobody opens the door",
	}
	for i := range count {
		o.ID, o.Paid = i, i%3 == 0
		if err := s.send(&o); err != nil {
			return err
		}
	}
	select {} // closing now would lose messages now and then: wait until the parent ends us
}

func discount(in, out string) error {
	r, err := newReceiver(in)
	if err != nil {
		return err
	}
	s, err := newSender(out)
	if err != nil {
		return err
	}
	for {
		var o Order
		if err := r.receive(&o); err != nil {
			return err
		}
		if o.Paid {
			o.Price *= 0.9
		}
		o.Count++
		if err := s.send(&o); err != nil {
			return err
		}
	}
}

func till(count int64, out string) error {
	r, err := newReceiver(out)
	if err != nil {
		return err
	}
	for _, part := range []string{"discount", "shop"} {
		cmd := exec.Command(os.Args[0], os.Args[1], os.Args[2], part)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		defer func() { cmd.Process.Kill(); cmd.Wait() }()
	}
	var start time.Time
	sum := 0.0
	for i := range count {
		var o Order
		if err := r.receive(&o); err != nil {
			return err
		}
		if i == 0 {
			start = time.Now()
		}
		sum += o.Price * float64(o.Count)
	}
	took := time.Since(start)
	fmt.Fprintln(os.Stderr, "sum", sum)
	fmt.Println(float64(count-1) / took.Seconds())
	return nil
}
