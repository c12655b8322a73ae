package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// filtered compares a source, a filter that half of the messages pass, and a
// sink: how many messages a second the source gets rid of.
func (b *bench) filtered() []contest {
	count, few := b.count(5_000_000), strconv.Itoa(b.count(100_000))
	middling := strconv.Itoa(b.count(1_000_000))
	return []contest{{
		name:    "source, filter of half, sink, 150 B",
		metrics: []metric{{unit: "msg/s"}},
		ours: one(func() (float64, error) {
			program, err := b.program("half", fmt.Sprintf(`message Item { id int, size float, name string, pad string }

graph main {
  feed  = gen.Messages<Item>(count: %d, size: 150)
  count = flow.Count()

  feed -> count where id %% 2 == 0
}
`, count))
			if err != nil {
				return 0, err
			}
			rate, err := slowestRate(b.run(program))
			return 2 * rate, err
		}),
		peers: []peer{
			{
				name: "Python as open-core does it", goals: []float64{100}, needs: []string{"python:zmq", "python:msgspec"},
				run: func() ([]float64, error) {
					return b.numbers(b.peerPython(), filepath.Join("bench", "python", "queues.py"), few, b.folder)
				},
			},
			{
				name: "Go over NATS", goals: []float64{3}, needs: []string{"peer:nats"},
				run: func() ([]float64, error) { return b.numbers(b.path("nats.peer"), middling) },
			},
			{
				name: "Benthos, in one process", goals: []float64{3}, needs: []string{"peer:benthos"},
				run: func() ([]float64, error) { return b.numbers(b.path("benthos.peer"), "half", middling) },
			},
			{
				name: "dora, nodes in Python", goals: []float64{10}, needs: []string{"python:dora", "python:msgspec"},
				run: func() ([]float64, error) { return b.dora(few) },
			},
		},
	}}
}

const dataflow = `nodes:
  - id: source
    path: %[1]s
    args: %[2]s source %[3]s
    outputs: [items]
  - id: half
    path: %[1]s
    args: %[2]s half %[3]s
    inputs:
      items: {source: source/items, queue_size: 1000000, queue_policy: backpressure}
    outputs: [passed]
  - id: sink
    path: %[1]s
    args: %[2]s sink %[3]s
    inputs:
      items: {source: half/passed, queue_size: 1000000, queue_policy: backpressure}
`

// dora runs three nodes of dora.
func (b *bench) dora(count string) ([]float64, error) {
	node, err := filepath.Abs(filepath.Join("bench", "dora", "node.py"))
	if err != nil {
		return nil, err
	}
	folder := b.path("dora") // where it leaves what it logs
	result, flow := filepath.Join(folder, "result"), filepath.Join(folder, "half.yml")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(flow, fmt.Appendf(nil, dataflow, node, count, result), 0o600); err != nil {
		return nil, err
	}
	python, err := filepath.Abs(filepath.Dir(b.peerPython()))
	if err != nil {
		return nil, err
	}
	if _, err := b.output("env", "--chdir="+folder, "PATH="+python+":"+os.Getenv("PATH"), filepath.Join(python, "dora"), "run", flow); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return nil, err
	}
	var rate, passed float64
	if _, err := fmt.Sscan(string(text), &rate, &passed); err != nil {
		return nil, err
	}
	if n, _ := strconv.Atoi(count); int(passed) != (n+1)/2 {
		return nil, fmt.Errorf("%w: it dropped all but %g of %s messages", errAbsent, passed, count)
	}
	return []float64{rate}, nil
}
