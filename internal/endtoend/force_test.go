package endtoend

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/runtime/spec"
)

// circle is a program whose actors ask each other, each while it is asked. The
// clock shows that time goes on while they wait.
const circle = `message Order { id int }
message Price { amount float }

actor Desk exec ["python3", "desk.py"] {
  pull orders Order
  req  price  Order -> Price
  rep  known  Order -> Price
}
actor Book exec ["python3", "book.py"] {
  rep price Order -> Price
  req known Order -> Price
}

graph main {
  orders = gen.Messages<Order>(count: 3)
  desk   = Desk()
  book   = Book()
  clock  = timer.Every(every: 2ms)
  ticks  = file.Write(path: "-")

  orders -> desk.orders
  desk.price -> book timeout never
  book.known -> desk.known timeout KNOWN
  clock -> ticks
}
`

const deskAndBook = `
import opencore
from circle_actors import Order, Price

class Desk:
    price: opencore.Ask[Order, Price]

    def orders(self, order: Order) -> None:
        print("desk asks", order.id)
        print("desk is told", order.id, self.price(order).amount)

    def known(self, order: Order) -> Price:
        print("desk is asked", order.id)
        return Price(amount=1)

class Book:
    known: opencore.Ask[Order, Price]

    def price(self, order: Order) -> Price:
        print("book asks", order.id)
        try:
            return self.known(order)
        except opencore.RequestError:
            print("book gives up", order.id)
            return Price(amount=0)

opencore.run(%s)
`

// circleTrial prepares a folder with the program; known is the timeout of the
// request that closes the circle.
func circleTrial(t *testing.T, known string) *trial {
	t.Helper()
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "circle.actors"), strings.Replace(circle, "KNOWN", known, 1))
	for file, class := range map[string]string{"desk.py": "Desk", "book.py": "Book"} {
		write(t, filepath.Join(tr.folder, file), fmt.Sprintf(deskAndBook, class))
	}
	tr.opencore("compile", "--emit", "python")
	tr.begin()
	tr.done()
	return tr
}

// opencore prepares the command in the folder of the trial, with Python and an
// empty transcript.
func (tr *trial) opencore(args ...string) {
	tr.t.Helper()
	tr.stderr = testbed.Transcript{}
	tr.cmd = exec.Command(opencore(tr.t), args...)
	tr.cmd.Env = append(testbed.Environ(), "PATH="+testbed.PythonPath(tr.t))
}

// What is foretold of a circle of requests happens: each of the two waits for
// the other, while the clock goes on, and not one request is answered.
func TestForetoldDeadlock(t *testing.T) {
	t.Parallel()
	tr := circleTrial(t, "never")
	tr.opencore("run", "--log", "json")
	tr.begin()
	if o := tr.wait(); o.status != 1 || !strings.Contains(o.stderr, `error[OC330]: "desk", "book" can deadlock: each waits for the next`) {
		t.Fatalf("status %d, and the circle is not refused:\n%s", o.status, o.stderr)
	}

	var ticks testbed.Transcript
	tr.opencore("run", "--force", "--drain", "0s", "--log", "json")
	tr.cmd.Stdout = &ticks
	tr.begin()
	for _, said := range []string{"warning[OC330]", "desk asks 0", "book asks 0"} {
		if err := tr.stderr.Says(tr.ctx, said); err != nil {
			t.Fatalf("%q is not said:\n%s", said, tr.stderr.String())
		}
	}
	waiting := strings.Count(ticks.String(), "\n")
	if err := ticks.Until(tr.ctx, func(text string) bool { return strings.Count(text, "\n") >= waiting+100 }); err != nil {
		t.Fatalf("the clock has stopped too:\n%s", tr.stderr.String())
	}
	if err := tr.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	o := tr.wait()
	mustNotMatch(t, o.stderr, `desk is (told|asked)|book gives up`)
	for _, wire := range []string{"orders.messages -> desk.orders", "desk.price -> book.price", "book.known -> desk.known"} {
		if c := o.wire(t, wire); c.Offered == 0 || c.Delivered != 0 {
			t.Errorf("%s: %+v, want something offered and nothing delivered", wire, c)
		}
	}
	if o.status == 0 {
		t.Error("a run that stood still is done")
	}
}

// With the way out that the finding names, a timeout, the same program is
// taken, and ends.
func TestTimeoutBreaksTheForetoldDeadlock(t *testing.T) {
	t.Parallel()
	tr := circleTrial(t, "20ms")
	tr.opencore("run", "--log", "json")
	tr.begin()
	o := tr.done()
	for id := range 3 {
		mustContain(t, o.stderr, fmt.Sprint("book gives up ", id))
		mustContain(t, o.stderr, fmt.Sprint("desk is told ", id))
	}
}

// What is foretold of a gap between filters happens: the messages that the
// finding describes, and no others, reach nobody.
func TestForetoldStarvation(t *testing.T) {
	t.Parallel()
	const head = `enum Kind { sale, refund }
message Payment { id int, kind Kind, amount float }
graph main {
  payments = gen.Messages<Payment>(count: 1_000)
  sales    = file.Write(path: "sales.ndjson")
  large    = file.Write(path: "large.ndjson")
  payments -> sales where kind == sale
  payments -> large where kind == refund && amount > 500
`
	starved, found := starvation(t, head+"}\n", "sales", "large")
	message := regexp.MustCompile(`warning\[OC332\]: payments\.messages: (.*) reaches nobody\n`).FindStringSubmatch(found)
	if message == nil {
		t.Fatalf("the gap is not found:\n%s", found)
	}
	whole, found := starvation(t, head+`  rest = file.Write(path: "rest.ndjson")
  payments -> rest where `+message[1]+"\n}\n", "sales", "large", "rest")
	mustNotMatch(t, found, "OC332")
	rest := 1_000 - starved["sales"].Delivered - starved["large"].Delivered
	if rest == 0 || whole["rest"].Delivered != rest {
		t.Errorf("%d reach nobody, and %q takes %d", rest, message[1], whole["rest"].Delivered)
	}
}

// What is foretold of filters that are never true happens.
func TestForetoldSilence(t *testing.T) {
	t.Parallel()
	wires, found := starvation(t, `message Reading { id int, value float }
graph main {
  readings = gen.Messages<Reading>(count: 1_000)
  none     = log.Print()
  some     = log.Print()
  readings -> none where id < 500 && id > 500
  readings -> some where id < 500 || id > 500
}
`, "none", "some")
	mustContain(t, found, `warning[OC334]: this filter is never true, so "none.messages" gets nothing`)
	if none, want := wires["none"], (spec.Counts{Offered: 1_000, Filtered: 1_000}); none != want {
		t.Errorf("the wire that gets nothing: %+v, want %+v", none, want)
	}
	if some, want := wires["some"], (spec.Counts{Offered: 1_000, Filtered: 1, Delivered: 999}); some != want {
		t.Errorf("the wire beside it: %+v, want %+v", some, want)
	}
}

// What filters on both sides of an actor that hands on leave is nothing.
func TestForetoldExclusion(t *testing.T) {
	t.Parallel()
	wires, found := starvation(t, `message Reading { id int, value float }
graph main {
  readings = gen.Messages<Reading>(count: 1_000)
  pass     = proxy.Pass()
  none     = log.Print()
  some     = log.Print()
  readings -> pass where id >= 500
  pass -> none where id < 500
  pass -> some where id > 500
}
`, "none", "some")
	mustContain(t, found, `warning[OC360]: this filter leaves "none.messages" nothing`)
	if none := wires["none"]; none.Offered != 500 || none.Delivered != 0 {
		t.Errorf("the wire that is left nothing: %+v, want 500 offered, and none delivered", none)
	}
	if some := wires["some"]; some.Delivered != 499 {
		t.Errorf("the wire beside it: %+v, want 499 delivered", some)
	}
}

// A ring that is said to keep what comes in keeps it: its counters go on when
// the source has long ended, and so does the run.
func TestForetoldRound(t *testing.T) {
	t.Parallel()
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "ring.actors"), `message Item { id int }
graph main {
  items = gen.Messages<Item>(count: 3)
  a     = flow.Map<Item, Item>(fields: {})
  b     = flow.Map<Item, Item>(fields: {})
  out   = file.Write(path: "-")
  items -> a
  a -> b
  b -> a
  b -> out
}
`)
	var rows testbed.Transcript
	tr.opencore("run", "ring.actors", "--log", "json", "--drain", "0s")
	tr.cmd.Stdout = &rows
	tr.begin()
	if err := tr.stderr.Says(tr.ctx, "what comes in goes round in \"a\", \"b\" for ever"); err != nil {
		t.Fatalf("it is not foretold:\n%s", tr.stderr.String())
	}
	if err := rows.Until(tr.ctx, func(text string) bool { return strings.Count(text, "\n") >= 3_000 }); err != nil {
		t.Fatalf("three items do not go round a thousand times:\n%s", tr.stderr.String())
	}
	o := tr.stop()
	mustMatch(t, o.stderr, `"msg":"stopped"`)
}

// starvation runs a program, forced, and gives the accounts of the wires to
// some sinks, with what was found before it ran.
func starvation(t *testing.T, text string, sinks ...string) (map[string]spec.Counts, string) {
	t.Helper()
	o := runText(t, text, "--force").done()
	accounts := map[string]spec.Counts{}
	for name := range maps.Keys(o.wires) {
		_, to, _ := strings.Cut(name, " -> ")
		if sink, _, _ := strings.Cut(to, "."); slices.Contains(sinks, sink) {
			accounts[sink] = o.wire(t, name)
		}
	}
	if len(accounts) != len(sinks) {
		t.Fatalf("the run has no account of each of %q:\n%s", sinks, o.stderr)
	}
	return accounts, o.stderr
}
