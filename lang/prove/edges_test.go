package prove_test

import (
	"strings"
	"testing"
)

const edges = `message Maybe { region Region?, live bool? }
actor Restless() { in in N, req ask N -> A }
actor Both() { in in N, rep asked N -> A, req ask N -> A }
actor Left() { pair right N <-> A }
actor Right() { pair left A <-> N }
actor Marked(prefix string) { in in N }
actor Asked external { rep at N -> A connect "tcp://10.0.0.9:9" }
actor Routed external { router at N -> A connect "tcp://10.0.0.9:9" }
actor Asks external { req by N -> A connect "tcp://10.0.0.9:8" }
actor Deals external { dealer by N -> A connect "tcp://10.0.0.9:8" }
actor Tells external { pub said N bind "tcp://127.0.0.1:7001" }
actor Hears external { sub in N connect "tcp://localhost:7001" }
actor Here external { pub said N connect "ipc://x" }
actor There external { pull in N connect "ipc://./x" }
actor Via external { pull in N connect "tcp://10.0.0.2:0;10.0.0.9:1" }
actor Eu() { pub said N topic "eu" }
actor Eur() { pub said N topic "eur" }
actor Eu1() { pub said N topic "eu1" }
actor EuW() { pub said N topic "euW" }
actor EuWest() { pub said N topic "eu_west" }
actor ByRegion() { in in Maybe key region }
actor ByLive() { in in Maybe key live }
message Inner { region Region }
message Outer { inner Inner? }
actor ByInner() { in in Outer key inner.region }
actor Answered external { req by N -> A connect "tcp://10.0.0.9:9" }
actor Overhears external { sub in N connect "tcp://10.0.0.9:1" }
actor Hand() { in in N, push out N }
actor Serves() { in in N, rep asked N -> A, push out N }
actor Talks() { in in N, pair right N <-> A, push out N }
actor Begins() { pair right N <-> A, push out N }
actor Clock endless { push out N }
actor Tac exec ["tac"] lines { in in N, push out N }
actor Checks exec ["sort", "-C"] lines { in in N, push out N }
actor Checked exec ["sort", "--check"] lines { in in N, push out N }
actor Speaks exec ["sort"] { in in N, push out N }
`

// TestEdges demands of graphs at the edge of a proof all that is found in
// them; "" is nothing.
func TestEdges(t *testing.T) {
	const (
		source  = "s = gen.Messages<N>(count: 9), o = log.Print(), "
		asking  = "s = gen.Messages<N>(count: 9), a = Both(), r = Replier(), s -> a.in, "
		waiting = "s = gen.Messages<N>(count: 9), a = Restless(), r = Replier(), s -> a, "
	)
	for name, c := range map[string]struct{ graph, codes string }{
		"three ask in a circle":          {`s = gen.Messages<N>(count: 9), a = Both(), b = Both(), c = Both(), s -> a.in, s -> b.in, s -> c.in, a -> b.asked, b -> c.asked, c -> a.asked`, "OC330"},
		"a request that none is":         {asking + `a.ask -> a.asked where n < 1 && n > 2, a.ask -> r else`, "OC334"},
		"what is left of a request":      {asking + `a.ask -> r where n > 1, a.ask -> a.asked where n > 2, a.ask -> r else`, "OC333"},
		"what two leave of a request":    {asking + `x = Restless(), s -> x, x.ask -> a.asked where n > 1, x.ask -> a.asked where n < 0, x.ask -> r where n > 2, x.ask -> r else, a.ask -> r`, "OC333"},
		"never, and behind another":      {asking + `x = Restless(), s -> x, x.ask -> a.asked where n > 1, x.ask -> r where n < 1 && n > 2, x.ask -> r else, a.ask -> r`, "OC334"},
		"an else that nothing is for":    {asking + `x = Replier(), a.ask -> r where n > 1, a.ask -> x where n <= 1, a.ask -> a.asked else`, ""},
		"no retry, and none written":     {`s = gen.Messages<N>(count: 9), a = Restless(), r = Replier() restart never, s -> a, a -> r timeout never`, ""},
		"a retry when it comes back":     {`s = gen.Messages<N>(count: 9), a = Restless(), r = Replier(), s -> a, a -> r timeout never retry 3`, ""},
		"a pair that never begins anew":  {`l = Left() restart on_failure max 0, r = Right() restart never, l -> r`, "OC342"},
		"a secret that nobody prints":    {source + `s -> o, m = Marked(prefix: secret("X")), s -> m`, ""},
		"a foreign router answers":       {`s = gen.Messages<N>(count: 9), a = Restless(), b = Restless(), x = Asked(), y = Routed(), s -> a, s -> b, a -> x, b -> y`, ""},
		"a foreign dealer asks":          {`x = Asks(), y = Deals(), p = Replier(), q = Replier(), x -> p, y -> q`, "OC352"},
		"a socket of ours that hears":    {source + `t = Tells(), h = Hears(), t -> o, d = Dots(), d -> h, s -> o`, "OC351"},
		"one file, two kinds":            {source + `h = Here(), t = There(), h -> o, s -> t`, "OC350"},
		"one address, from elsewhere":    {source + `m = Market(), v = Via(), m.said -> o, s -> v`, "OC350"},
		"one port shares what it has":    {source + `m = Market(), p = log.Print(), s -> o, m.jobs -> p`, ""},
		"replicas that get nothing":      {`d = Dots(), l = Lines() replicas 2, d -> l where n < 1 && n > 2`, "OC334"},
		"five keys for five":             {`s = gen.Messages<Maybe>(count: 9), k = ByRegion() replicas 5, s -> k`, ""},
		"five keys for six":              {`s = gen.Messages<Maybe>(count: 9), k = ByRegion() replicas 6, s -> k`, "OC354"},
		"three keys for three":           {`s = gen.Messages<Maybe>(count: 9), k = ByLive() replicas 3, s -> k`, ""},
		"three keys for four":            {`s = gen.Messages<Maybe>(count: 9), k = ByLive() replicas 4, s -> k`, "OC354"},
		"five keys, one within null":     {`s = gen.Messages<Outer>(count: 9), k = ByInner() replicas 5, s -> k`, ""},
		"who asks may answer":            {`s = gen.Messages<N>(count: 9), a = Restless(), s -> a, x = Asked(), y = Answered(), p = Replier(), y -> p, a -> x`, ""},
		"who speaks doesn't hear":        {source + `m = Market(), h = Overhears(), d = Dots(), s -> o, m.said -> o, d -> h`, "OC350"},
		"who asks may ask again":         {source + `x = Serves(), s -> x.in, expose x.asked "ipc://x", x -> o deliver at_least_once`, ""},
		"who talks may begin anew":       {source + `x = Talks(), y = Right(), s -> x.in, x.right -> y, x.out -> o deliver at_least_once`, ""},
		"what a talk leads to":           {`o = log.Print(), x = Begins(), y = Right(), h = Hand(), x.right -> y, x.out -> h, h -> o deliver at_least_once`, "OC335"},
		"what foreign peers say once":    {`o = log.Print(), m = Market(), h = Hand(), m.said -> h, h -> o deliver at_least_once`, "OC335"},
		"one topic, twice":               {`d = Eu(), e = Eu(), o = Listener(), d -> o, e -> o`, ""},
		"the longer topic first":         {`d = Eur(), e = Eu(), o = Listener(), d -> o, e -> o`, "OC355"},
		"a topic and a digit":            {`d = Eu(), e = Eu1(), o = Listener(), d -> o, e -> o`, "OC355"},
		"a topic and a capital":          {`d = Eu(), e = EuW(), o = Listener(), d -> o, e -> o`, "OC355"},
		"a topic and its parts":          {`d = Eu(), e = EuWest(), o = Listener(), d -> o, e -> o`, ""},
		"a file that is emptied":         {`s = file.Lines<N>(path: "x.csv"), w = file.Write(path: "x.csv", append: false), s -> w`, "OC357"},
		"a file that is appended to":     {`s = file.Lines<N>(path: "x.csv"), w = file.Write(path: "x.csv", append: true), s -> w`, ""},
		"a device":                       {`s = file.Lines<N>(path: "/dev/tty"), w = file.Write(path: "/dev/tty"), s -> w`, ""},
		"what a request above has taken": {asking + `q = proxy.Queue(), p = proxy.Queue(), a.ask -> q, q -> r where n > 3, q -> p where n > 2, p -> a.asked where n > 3, p -> r else, q -> r else`, "OC360"},
		"handed on by who gets nothing":  {source + `p = proxy.Pass(), s -> o, s -> p where n < 1 && n > 2, p -> o where n < 6`, "OC334"},
		"handed on, and never true":      {source + `p = proxy.Pass(), s -> p where n > 5, p -> o where n < 1 && n > 2`, "OC334"},
		"handed on for others":           {waiting + `q = proxy.Queue(), a -> q where n > 5, a -> r else, expose q.clients "ipc://x", q -> r where n < 6, q -> r else`, ""},
		"what doesn't go round":          {source + `p = proxy.Pass(), s -> p where n > 10, p -> p where n < 9, p -> o`, ""},
		"what others send goes round":    {`q = proxy.Queue<N, A>(), p = proxy.Queue<N, A>(), expose q.clients "ipc://x", q -> p, p -> q`, "OC361"},
		"what others send may go round":  {`q = proxy.Queue<N, A>(), p = proxy.Queue<N, A>(), r = Replier(), expose q.clients "ipc://x", q -> p where n < 9, q -> r else, p -> q`, ""},
		"a ring that nothing gets into":  {source + `p = proxy.Pass(), q = proxy.Pass(), s -> o, s -> p where n < 1 && n > 2, p -> q, q -> p, q -> o`, "OC334"},
		"a clock without an end":         {`c = Clock(), x = Sort(), o = log.Print(), c -> x, x -> o`, "OC362"},
		"what is read backwards":         {`s = gen.Messages<N>(), x = Tac(), o = log.Print(), s -> x, x -> o`, "OC362"},
		"what is only looked at":         {`s = gen.Messages<N>(), x = Checks(), y = Checked(), o = log.Print(), s -> x, s -> y, x -> o, y -> o`, ""},
		"a program that speaks":          {`s = gen.Messages<N>(), x = Speaks(), o = log.Print(), s -> x, x -> o`, ""},
		"an end that nothing delays":     {source + `t = gen.Messages<N>(), x = Sort(), s -> x, t -> o, t -> x where n < 1 && n > 2, x -> o`, "OC334"},
	} {
		if got := strings.Join(foundWith(t, edges, c.graph), " "); got != c.codes {
			t.Errorf("%s: %q of %s, want %q", name, got, c.graph, c.codes)
		}
	}
}
