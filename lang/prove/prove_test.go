package prove_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ilpomo/opencore/lang"
)

const actors = `message N { n int }
actor Source endless { push out N }
actor Pass { in in N, push out N }
actor Sink { in in N }
actor Dealer { in in N, dealer ask N -> N }
actor Middle { in in N, rep asked N -> N, req ask N -> N }
actor Replier { rep asked N -> N }
actor Lines exec ["cat"] lines { in in N }
actor Exec exec ["cat"] { in in N }
`

// TestProofs demands of each graph what is proved of it, and of the one beside
// it, which is nearly the same, that nothing is.
func TestProofs(t *testing.T) {
	for name, c := range map[string]struct{ graph, code, quiet string }{
		"requests in a circle": {
			`s = Source(), a = Middle(), b = Middle(), s -> a.in, s -> b.in, a.ask -> b.asked, b.ask -> a.asked`, "OC330",
			`s = Source(), a = Middle(), b = Middle(), s -> a.in, s -> b.in, a.ask -> b.asked timeout 1s, b.ask -> a.asked`,
		},
		"a request whose queue drops": {
			`s = Source(), a = Middle(), s -> a.in, a.ask -> a.asked queue 1 drop_oldest`, "OC330",
			`s = Source(), a = Middle(), s -> a.in, a.ask -> a.asked queue 1 drop_oldest timeout 1s`,
		},
		"a request to itself": {
			`s = Source(), a = Middle(), s -> a.in, a.ask -> a.asked`, "OC330",
			`s = Source(), a = Middle(), s -> a.in, a.ask -> a.asked timeout 1s`,
		},
		"full queues in a circle": {
			`s = Source(), a = Pass(), b = Pass(), s -> a, a -> b, b -> a`, "OC331",
			`s = Source(), a = Pass(), b = Pass(), s -> a, a -> b, b -> a queue 10 drop_oldest`,
		},
		"a switch with a gap": {
			`s = Source(), a = Sink(), b = Sink(), s -> a where n < 3, s -> b where n > 3`, "OC332",
			`s = Source(), a = Sink(), b = Sink(), s -> a where n <= 3, s -> b where n > 3`,
		},
		"nothing left for a wire": {
			`s = Source(), a = Dealer(), x = Replier(), y = Replier(), z = Replier(), s -> a,
				a.ask -> x where n > 1, a.ask -> y where n > 2, a.ask -> z else`, "OC333",
			`s = Source(), a = Dealer(), x = Replier(), y = Replier(), z = Replier(), s -> a,
				a.ask -> x where n > 2, a.ask -> y where n > 1, a.ask -> z else`,
		},
		"a promise behind a wire that makes none": {
			`s = Source(), a = Pass(), b = Sink(), s -> a, a -> b deliver at_least_once`, "OC335",
			`s = Source(), a = Pass(), b = Sink(), s -> a deliver at_least_once, a -> b deliver at_least_once`,
		},
		"a promise on a queue that drops": {
			`s = Source(), b = Sink(), s -> b deliver at_least_once queue 10 drop_oldest`, "OC336",
			`s = Source(), b = Sink(), s -> b deliver at_most_once queue 10 drop_oldest`,
		},
		"a promise to who says nothing": {
			`s = Source(), b = Lines(), s -> b deliver at_least_once`, "OC337",
			`s = Source(), b = Exec(), s -> b deliver at_least_once`,
		},
		"a filter that is never true": {
			`s = Source(), a = Sink(), s -> a where n < 1 && n > 2`, "OC334",
			`s = Source(), a = Sink(), s -> a where n > 1 && n < 3`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codes(t, c.graph); !slices.Equal(got, []string{c.code}) {
				t.Errorf("%v, want %s", got, c.code)
			}
			if got := codes(t, c.quiet); len(got) > 0 {
				t.Errorf("%v of %s", got, c.quiet)
			}
		})
	}
}

// codes gives those of what is found in a graph, each once.
func codes(t *testing.T, graph string) []string {
	t.Helper()
	text := actors + "graph main { " + strings.ReplaceAll(graph, ", ", "\n") + "\n}\n"
	read := func(string) ([]byte, error) { return []byte(text), nil }
	_, _, found := lang.Load("test.actors", read, fstest.MapFS{})
	var list []string
	for _, d := range found {
		list = append(list, string(d.Code))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
