package main

import (
	"fmt"
	"strconv"
)

// handlers compares three actors with handlers in Go with the same by hand.
func (b *bench) handlers() []contest {
	count := strconv.Itoa(b.count(1_500_000))
	return []contest{{
		name:    "handlers that decode, touch and encode eight fields",
		metrics: []metric{{unit: "msg/s"}},
		prepare: func() error { return b.need("actors:eight/eight") },
		ours: func() ([]float64, error) {
			return b.figures("cashed up", []string{"rate"}, b.path("eight"), "count="+count)
		},
		peers: []peer{{
			name: "Go, zmq4 and msgpack by hand", goals: []float64{3}, needs: []string{"peer:eight"},
			run: func() ([]float64, error) { return b.numbers(b.path("eight.peer"), count, b.folder) },
		}},
	}}
}

// roundTrip compares a req and a rep port with REQ and REP in C.
func (b *bench) roundTrip() []contest {
	count := strconv.Itoa(b.count(20_000))
	return []contest{{
		name:    "round trip, 64 B over ipc, idle",
		metrics: []metric{{unit: "us", less: true}},
		prepare: func() error { return b.need("actors:roundtrip/roundtrip") },
		ours: func() ([]float64, error) {
			return b.figures("asked", []string{"us"}, b.path("roundtrip"), "count="+count)
		},
		peers: []peer{{
			name: "C, REQ/REP", goals: []float64{1.1}, needs: []string{"c:reqrep"},
			run: func() ([]float64, error) {
				return b.numbers(b.path("reqrep.c"), count, "64", "ipc://"+b.path("socket"))
			},
		}},
	}}
}

// oneWay compares how long messages are on their way while so many are sent as
// C manages, at most.
func (b *bench) oneWay() []contest {
	highest := 0.0
	var list []contest
	for _, percent := range []float64{10, 50, 90} {
		var count, rate string
		list = append(list, contest{
			name:    fmt.Sprintf("one way, 64 B over ipc, at %g %% of C's highest rate", percent),
			metrics: []metric{{name: "p50", unit: "us", less: true}, {name: "p99", unit: "us", less: true}},
			prepare: func() (err error) {
				if highest == 0 {
					highest, err = b.highest()
				}
				rate = fmt.Sprintf("%.1f", highest*percent/100)
				count = strconv.Itoa(b.count(int(2 * highest * percent / 100)))
				return err
			},
			ours: func() ([]float64, error) {
				return b.figures("arrived", []string{"p50", "p99"}, b.path("oneway"), "count="+count, "rate="+rate)
			},
			peers: []peer{{
				name: "C, PUSH/PULL", goals: []float64{1, 1}, needs: []string{"c:oneway"},
				run: func() ([]float64, error) {
					return b.numbers(b.path("oneway.c"), count, "64", rate, "ipc://"+b.path("socket"))
				},
			}},
		})
	}
	return list
}

// highest is the most that C gets through, in messages a second.
func (b *bench) highest() (float64, error) {
	for _, need := range []string{"actors:oneway/oneway", "c:pushpull"} {
		if err := b.need(need); err != nil {
			return 0, err
		}
	}
	var rates series
	for range 3 {
		rate, err := b.numbers(b.path("pushpull.c"), strconv.Itoa(b.count(5_000_000)), "64", "ipc://"+b.path("socket"))
		if err != nil {
			return 0, err
		}
		rates = append(rates, rate...)
	}
	return rates.median(), nil
}
