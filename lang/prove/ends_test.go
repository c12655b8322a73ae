package prove_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang"
)

const ends = `enum Region { eu, eur, us, eu_west }
message N { n int, region Region, live bool }
message A { text string }
actor Market external { pub said N connect "tcp://10.0.0.9:1", pull wanted N connect "tcp://10.0.0.9:2", push jobs N connect "tcp://10.0.0.9:3", rep asked N -> A connect "tcp://10.0.0.9:4" }
actor Muddle external { pub said N connect "tcp://10.0.0.9:1", pull wanted N connect "tcp://10.0.0.9:1" }
actor Near external { pub said N connect "tcp://localhost:7000" }
actor Far external { pub said N connect "tcp://example.org:7000" }
actor Desk() { pub said N topic string(region) }
actor Dots() { pub said N topic string(region) + "." }
actor Keyed() { pull in N key region }
actor Half() { pull in N key region, pull rest N }
actor Lines exec ["cat"] lines { sub in N }
actor Shared exec ["cat"] lines { in in N }
actor Sort exec ["/usr/bin/sort"] lines { in in N, push out N }
actor Merge exec ["/usr/bin/sort", "-m"] lines { in in N, push out N }
actor Asker() { in in N, dealer ask N -> A }
actor Replier() { rep asked N -> A }
`

// TestPatternsAndEnds demands of each graph one finding, and of the one beside
// it, which is nearly the same, none.
func TestPatternsAndEnds(t *testing.T) {
	const (
		source = "s = gen.Messages<N>(count: 9), o = log.Print(), "
		asking = "s = gen.Messages<N>(count: 9), a = Asker(), r = Replier(), s -> a, "
	)
	for name, c := range map[string]struct{ code, wrong, quiet string }{
		"one address, two kinds": {
			"OC350",
			source + `m = Muddle(), m -> o, s -> m`,
			source + `m = Market(), m.said -> o, s -> m.wanted`,
		},
		"an address of our own": {
			"OC351",
			source + `d = Dots(), n = Near(), expose d.said "tcp://127.0.0.1:7000", n -> o, s -> o`,
			source + `d = Dots(), n = Far(), expose d.said "tcp://127.0.0.1:7000", n -> o, s -> o`,
		},
		"a foreign socket that shares": {
			"OC352",
			source + `m = Market(), n = Market(), p = log.Print(), s -> o, m.jobs -> o, n.jobs -> p`,
			source + `m = Market(), n = Market(), p = log.Print(), s -> o, m.said -> o, n.said -> p`,
		},
		"replicas that do the same": {
			"OC353",
			`d = Dots(), l = Lines() replicas 2, d -> l`,
			`d = Dots(), l = Shared() replicas 2, d -> l`,
		},
		"fewer keys than replicas": {
			"OC354",
			source + `s -> o, k = Keyed() replicas 4, s -> k where region != eur && n > 1`,
			source + `s -> o, k = Keyed() replicas 4, s -> k where region != eur || n > 1`,
		},
		"replicas without a key": {
			"OC354",
			source + `s -> o, k = Keyed() replicas 9, s -> k`,
			source + `s -> o, k = Half() replicas 9, s -> k.in, s -> k.rest`,
		},
		"topics within topics": {
			"OC355",
			`d = Desk(), expose d.said "ipc://x"`,
			`d = Dots(), expose d.said "ipc://x"`,
		},
		"topics that no filter lets through": {
			"OC355",
			`d = Desk(), o = Listener(), d -> o`,
			`d = Desk(), o = Listener(), d -> o where region != eur`,
		},
		"replicas of a file": {
			"OC356",
			`s = gen.Messages<N>(count: 9), w = file.Write(path: "x.csv") replicas 2, s -> w`,
			`s = gen.Messages<N>(count: 9), w = file.Write(path: "x.csv") replicas 1, s -> w`,
		},
		"a file that is read and replaced": {
			"OC357",
			`s = file.Lines<N>(path: "x.csv"), w = file.Write(path: "./x.csv"), s -> w`,
			`s = file.Lines<N>(path: "-"), w = file.Write(path: "-"), s -> w`,
		},
		"filters that exclude each other": {
			"OC360",
			source + `p = proxy.Pass(), s -> p where n > 5 && live, p -> o where n < 6`,
			source + `p = proxy.Pass(), s -> p where n > 5 || live, p -> o where n < 6`,
		},
		"what a request is left": {
			"OC360",
			asking + `q = proxy.Queue(), a -> q, x = Replier(), s -> y, y = Asker(), y -> q where n > 3, p = proxy.Queue(), q -> p where n > 9, q -> r else, p -> x where n < 9, p -> r else`,
			asking + `q = proxy.Queue(), a -> q, x = Replier(), p = proxy.Queue(), q -> p where n > 7, q -> r else, p -> x where n < 9, p -> r else`,
		},
		"round for ever": {
			"OC361",
			source + `p = flow.Map<N, N>(fields: {}), q = flow.Map<N, N>(fields: {}), s -> p, p -> q, q -> p, q -> o`,
			source + `p = flow.Map<N, N>(fields: {}), q = flow.Map<N, N>(fields: {}), s -> p, p -> q where n < 5, q -> p, q -> o`,
		},
		"some go round for ever": {
			"OC361",
			source + `p = proxy.Pass(), s -> p where n > 3, p -> p where n < 9, p -> o`,
			source + `p = flow.Map<N, N>(fields: {n: "n + 1"}), s -> p where n > 3, p -> p queue 1 drop_oldest where n < 9, p -> o`,
		},
		"requests go round": {
			"OC361",
			asking + `p = proxy.Queue(), q = proxy.Queue(), a -> p, p -> q, q -> p where n > 3, q -> r else`,
			asking + `p = proxy.Queue(), q = proxy.Queue(), a -> p, p -> q where n > 3, p -> r else, q -> r where n > 3, q -> p else`,
		},
		"an end that never comes": {
			"OC362",
			`s = gen.Messages<N>(), x = Sort(), o = log.Print(), s -> x, x -> o`,
			`s = gen.Messages<N>(), x = Merge(), o = log.Print(), s -> x, x -> o`,
		},
		"an end that comes": {
			"OC362",
			`m = Market(), x = Sort(), o = log.Print(), m.said -> x, x -> o`,
			source + `m = Market(), x = Sort(), m.said -> x, x -> o, s -> o`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := found(t, c.wrong); !slices.Equal(got, []string{c.code}) {
				t.Errorf("%v of %s, want %s", got, c.wrong, c.code)
			}
			if got := found(t, c.quiet); len(got) > 0 {
				t.Errorf("%v of %s", got, c.quiet)
			}
		})
	}
}

// found gives the codes of what is found in a graph with standard actors, but
// for gaps between filters and rings that may fill up.
func found(t *testing.T, graph string) []string {
	t.Helper()
	return foundWith(t, "", graph)
}

// foundWith is the same with more declarations.
func foundWith(t *testing.T, more, graph string) []string {
	t.Helper()
	text := ends + more + "actor Listener external { sub in N connect \"tcp://10.0.0.9:5\" }\ngraph main { " + strings.ReplaceAll(graph, ", ", "\n") + "\n}\n"
	text = strings.NewReplacer("<N\nN>", "<N, N>", "<N\nA>", "<N, A>").Replace(text)
	read := func(string) ([]byte, error) { return []byte(text), nil }
	_, _, list := lang.Load("test.actors", read, os.DirFS("../../stdlib"))
	var got []string
	for _, d := range list {
		if d.Code != "OC332" && d.Code != "OC331" {
			got = append(got, string(d.Code))
		}
	}
	slices.Sort(got)
	return slices.Compact(got)
}
