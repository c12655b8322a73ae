// Benthos does with the core of Redpanda Connect what two contests are about,
// in one process, as it is meant to be used.
//
//	benthos half COUNT         items from a source through a filter of half of them to a
//	                           sink; prints the items per second that the source was rid of
//	benthos quakes FILE TABLE  a file of earthquakes, those of magnitude 2.5 and more
//	                           counted by network, and written as a table
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

func main() {
	var err error
	if os.Args[1] == "half" {
		err = half(os.Args[2])
	} else {
		err = quakes(os.Args[2], os.Args[3])
	}
	if err != nil {
		log.Fatal(err)
	}
}

const halfConfig = `
logger: {level: ERROR}
input: {items: {}}
pipeline:
  processors:
    - mapping: 'root = if this.id %% 2 != 0 { deleted() }'
output: {count: {}}
`

// half runs the items. They are handed on as values, never encoded, and a
// hundred at a time.
func half(count string) error {
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return err
	}
	env, sink := service.NewEnvironment(), &counter{}
	err = env.RegisterBatchInput("items", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Resources) (service.BatchInput, error) {
		return &items{count: n}, nil
	})
	if err != nil {
		return err
	}
	if err := sink.register(env); err != nil {
		return err
	}
	began := time.Now()
	if err := stream(env, fmt.Sprintf(halfConfig)); err != nil {
		return err
	}
	took := time.Since(began)
	if int64(sink.n) != (n+1)/2 {
		return fmt.Errorf("%d of %d passed", sink.n, n)
	}
	fmt.Println(float64(n) / took.Seconds())
	return nil
}

// stream runs a configuration to its end.
func stream(env *service.Environment, config string) error {
	b := env.NewStreamBuilder()
	if err := b.SetYAML(config); err != nil {
		return err
	}
	s, err := b.Build()
	if err != nil {
		return err
	}
	return s.Run(context.Background())
}

// items is an input that makes items.
type items struct{ next, count int64 }

func (*items) Connect(context.Context) error { return nil }
func (*items) Close(context.Context) error   { return nil }

func (in *items) ReadBatch(context.Context) (service.MessageBatch, service.AckFunc, error) {
	if in.next == in.count {
		return nil, nil, service.ErrEndOfInput
	}
	var batch service.MessageBatch
	for range min(100, in.count-in.next) {
		m := service.NewMessage(nil)
		m.SetStructuredMut(map[string]any{
			"id": in.next, "size": 12.5, "name": "wonderland",
			"pad": "curiouser and curiouser, cried Alice, who was so much surprised that she forgot how to speak",
		})
		batch = append(batch, m)
		in.next++
	}
	return batch, func(context.Context, error) error { return nil }, nil
}

// counter is an output that counts.
type counter struct {
	mu      sync.Mutex
	n       int
	regions map[string]*region
}

type region struct {
	count     int
	strongest float64
}

func (c *counter) register(env *service.Environment) error {
	return env.RegisterBatchOutput("count", service.NewConfigSpec(),
		func(*service.ParsedConfig, *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
			return c, service.BatchPolicy{}, 1, nil
		})
}

func (*counter) Connect(context.Context) error { return nil }
func (*counter) Close(context.Context) error   { return nil }

func (c *counter) WriteBatch(_ context.Context, batch service.MessageBatch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += len(batch)
	if c.regions == nil {
		return nil
	}
	for _, m := range batch {
		if err := c.tally(m); err != nil {
			return err
		}
	}
	return nil
}

// tally counts one earthquake.
func (c *counter) tally(m *service.Message) error {
	value, err := m.AsStructured()
	if err != nil {
		return err
	}
	quake, _ := value.(map[string]any)
	net, _ := quake["net"].(string)
	mag, err := strconv.ParseFloat(fmt.Sprint(quake["mag"]), 64)
	if err != nil {
		return err
	}
	r := c.regions[net]
	if r == nil {
		r = &region{strongest: mag}
		c.regions[net] = r
	}
	r.count++
	r.strongest = max(r.strongest, mag)
	return nil
}

const quakesConfig = `
logger: {level: ERROR}
input:
  file:
    paths: [%q]
    scanner: {lines: {}}
pipeline:
  processors:
    - mapping: 'root = if this.mag < 2.5 { deleted() }'
output: {count: {}}
`

// quakes reads, filters, tallies and writes.
func quakes(path, table string) error {
	env, sink := service.NewEnvironment(), &counter{regions: map[string]*region{}}
	if err := sink.register(env); err != nil {
		return err
	}
	if err := stream(env, fmt.Sprintf(quakesConfig, path)); err != nil {
		return err
	}
	file, err := os.Create(table)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	w.Write([]string{"network", "count", "strongest"})
	for _, net := range slices.Sorted(maps.Keys(sink.regions)) {
		r := sink.regions[net]
		w.Write([]string{net, strconv.Itoa(r.count), strconv.FormatFloat(r.strongest, 'g', -1, 64)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return file.Close()
}
