// Nats does over NATS what the contest "source, filter of half, sink" is about:
// a server, and three processes of its clients, with messages encoded by
// msgpack. Nothing is dropped: the server and the clients may queue it all.
//
//	nats COUNT
//
// starts them and prints how many messages a second the source was rid of, from the first
// to the end of the last that passed the filter at the sink.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/vmihailenco/msgpack/v5"
)

// An Item is what passes.
type Item struct {
	ID   int64   `msgpack:"id"`
	Size float64 `msgpack:"size"`
	Name string  `msgpack:"name"`
	Pad  string  `msgpack:"pad"`
}

func main() {
	count, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) == 2 {
		err = sink(count)
	} else {
		err = map[string]func(string, int64) error{"server": serve, "filter": filter, "source": source}[os.Args[2]](os.Args[3], count)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// serve is the server: it says where it listens.
func serve(string, int64) error {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
		MaxPending: 4 << 30, WriteDeadline: time.Minute, // never drop a slow consumer
	})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return fmt.Errorf("the server is not ready")
	}
	fmt.Println(s.ClientURL())
	select {}
}

// subscribe hands each message to handle. Nothing is dropped.
func subscribe(c *nats.Conn, subject string, handle nats.MsgHandler) error {
	s, err := c.Subscribe(subject, handle)
	if err != nil {
		return err
	}
	if err := s.SetPendingLimits(-1, -1); err != nil {
		return err
	}
	return c.Flush()
}

// filter publishes every second of the items again.
func filter(url string, _ int64) error {
	c, err := nats.Connect(url)
	if err != nil {
		return err
	}
	err = subscribe(c, "items", func(m *nats.Msg) {
		var item Item
		if msgpack.Unmarshal(m.Data, &item) == nil && item.ID%2 == 0 {
			c.Publish("passed", m.Data)
		}
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	select {}
}

// source publishes items.
func source(url string, count int64) error {
	c, err := nats.Connect(url)
	if err != nil {
		return err
	}
	item := Item{Size: 12.5, Name: "wonderland", Pad: "curiouser and curiouser, cried Alice, who was so much surprised that she forgot how to speak"}
	for i := range count {
		item.ID = i
		data, err := msgpack.Marshal(&item)
		if err != nil {
			return err
		}
		if err := c.Publish("items", data); err != nil {
			return err
		}
	}
	if err := c.Flush(); err != nil {
		return err
	}
	select {}
}

// sink starts the others and counts what passes.
func sink(count int64) error {
	url, stop, err := start("server", "-")
	if err != nil {
		return err
	}
	defer stop()
	c, err := nats.Connect(url)
	if err != nil {
		return err
	}
	var passed int64
	done := make(chan time.Time)
	err = subscribe(c, "passed", func(m *nats.Msg) {
		var item Item
		if msgpack.Unmarshal(m.Data, &item) == nil {
			passed++
		}
		if passed == (count+1)/2 {
			done <- time.Now()
		}
	})
	if err != nil {
		return err
	}
	_, stopFilter, err := start("filter", url)
	if err != nil {
		return err
	}
	defer stopFilter()
	began := time.Now()
	cmd := command("source", url)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := <-done
	cmd.Process.Kill()
	cmd.Wait()
	fmt.Println(float64(count) / ended.Sub(began).Seconds())
	return nil
}

func command(part, url string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], os.Args[1], part, url)
	cmd.Stderr = os.Stderr
	return cmd
}

// start starts a part and reads the word that it says when it is ready.
func start(part, url string) (word string, stop func(), err error) {
	cmd := command(part, url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	_, err = fmt.Fscan(out, &word)
	return word, func() { cmd.Process.Kill(); cmd.Wait() }, err
}
