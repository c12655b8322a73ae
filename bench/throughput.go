package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// contests lists all that is measured, in the order of the page.
func (b *bench) contests() []contest {
	var list []contest
	for _, part := range [][]contest{
		b.throughput(), b.handlers(), b.roundTrip(), b.oneWay(), b.filtered(), b.inPython(), b.ndjson(), b.fans(), b.starts(), b.growth(),
	} {
		list = append(list, part...)
	}
	return list
}

// throughput compares gen.Messages -> flow.Count with PUSH and PULL in C.
func (b *bench) throughput() []contest {
	var list []contest
	for _, t := range []struct {
		transport string
		size      int
		count     int
		goal      float64
	}{
		{"ipc", 64, 10_000_000, 5}, {"ipc", 256, 6_000_000, 3}, {"ipc", 1024, 2_000_000, 2}, {"ipc", 65536, 50_000, 0.95},
		{"tcp", 64, 10_000_000, 3}, {"tcp", 256, 6_000_000, 2}, {"tcp", 1024, 2_000_000, 1.5}, {"tcp", 65536, 50_000, 0.8},
	} {
		count := strconv.Itoa(b.count(t.count))
		name := fmt.Sprintf("throughput, %s over %s", sizeName(t.size), t.transport)
		list = append(list, contest{
			name:    name,
			metrics: []metric{{unit: "msg/s"}},
			ours: one(func() (float64, error) {
				program, err := b.program("throughput", fmt.Sprintf(`message Item { pad bytes }

graph main {
  feed  = gen.Messages<Item>(count: %s, size: %d)
  count = flow.Count()

  feed -> count
}
`, count, t.size))
				if err != nil {
					return 0, err
				}
				return slowestRate(b.run(program, "--transport", t.transport))
			}),
			peers: []peer{{
				name: "C, PUSH/PULL", goals: []float64{t.goal}, needs: []string{"c:pushpull"},
				run: func() ([]float64, error) {
					endpoint, err := b.endpoint(t.transport)
					if err != nil {
						return nil, err
					}
					return b.numbers(b.path("pushpull.c"), count, strconv.Itoa(t.size), endpoint)
				},
			}},
		})
	}
	return list
}

func sizeName(size int) string {
	if size >= 1024 {
		return fmt.Sprintf("%d KiB", size/1024)
	}
	return fmt.Sprintf("%d B", size)
}

// endpoint is where a program on plain ZeroMQ can bind.
func (b *bench) endpoint(transport string) (string, error) {
	if transport == "ipc" {
		return "ipc://" + b.path("socket"), nil
	}
	address, err := freeAddress()
	return "tcp://" + address, err
}

// freeAddress is an address on the loopback that nobody listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

var countedRate = regexp.MustCompile(`^counted .* in all, ([0-9,]+) a second$`)

// slowestRate reads the rates that the flow.Count actors of a run log at their
// ends, and gives the least.
func slowestRate(log []record, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	least := 0.0
	for _, r := range log {
		m := countedRate.FindStringSubmatch(r.Msg)
		if m == nil {
			continue
		}
		rate, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		if err != nil {
			return 0, err
		}
		if least == 0 || rate < least {
			least = rate
		}
	}
	if least == 0 {
		return 0, fmt.Errorf("nobody logged a rate")
	}
	return least, nil
}
