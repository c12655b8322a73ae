package endtoend

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// buildC compiles a program with the client in C, with the compiler's own
// checks of memory and of undefined behaviour: what they find ends the program.
func buildC(source, name string) (string, error) {
	client := filepath.Join("..", "..", "clients", "c")
	path := filepath.Join(built, name)
	ctx, cancel := context.WithTimeout(context.Background(), 5*deadline)
	defer cancel()
	const flags = "-std=c11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all"
	line := fmt.Sprintf(`m=msgpack; pkg-config --exists msgpack-c && m=msgpack-c; exec ${CC:-cc} %s -I%s -o %s %s %s/opencore.c $(pkg-config --cflags --libs libzmq $m) -lm`,
		flags, client, path, source, client)
	if out, err := exec.CommandContext(ctx, "sh", "-c", line).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s\n\"make deps-test\" installs what it needs", source, err, out)
	}
	return path, nil
}

var partsOnce = sync.OnceValues(func() (string, error) {
	return buildC(filepath.Join("testdata", "c", "parts.c"), "parts")
})

var energyOnce = sync.OnceValues(func() (string, error) {
	return buildC(filepath.Join("..", "..", "clients", "c", "example", "energy.c"), "energy")
})

// runC runs a graph beside a program in C.
func runC(t *testing.T, once func() (string, error), graph string, args ...string) *trial {
	t.Helper()
	return runCIn(t, newTrial(t), once, graph, args...)
}

func runCIn(t *testing.T, tr *trial, once func() (string, error), graph string, args ...string) *trial {
	t.Helper()
	program, err := once()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ln", "-s", program, tr.folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write(t, filepath.Join(tr.folder, "graph.actors"), graph)
	tr.cmd = exec.Command(opencore(t), append([]string{"run", "graph.actors"}, args...)...)
	tr.begin()
	return tr
}

func runParts(t *testing.T, graph string) *trial {
	t.Helper()
	return runC(t, partsOnce, read(t, "testdata", "c", "parts.actors")+graph, "--log", "json")
}

func TestActorsInC(t *testing.T) {
	const count = 20_000
	tr := runParts(t, `graph main {
  source = Source(count: 20_000)
  middle = Middle() replicas 2
  all    = file.Write(path: "squares.csv")
  bad    = file.Write(path: "bad.csv")

  source -> middle
  middle.squares -> all
  middle.rejected -> bad
}`)
	o := tr.done()
	seen := map[int]bool{}
	for _, row := range rowsOf(t, tr.folder, "squares.csv") {
		n, err := strconv.Atoi(row["n"])
		if err != nil || row["square"] != strconv.Itoa(n*n) || n%10 == 0 || seen[n] {
			t.Fatalf("square %v (%v)", row, err)
		}
		seen[n] = true
	}
	if len(seen) != count*9/10 {
		t.Errorf("%d squares of %d numbers", len(seen), count)
	}
	bad := rowsOf(t, tr.folder, "bad.csv")
	if len(bad) != count/10 || bad[0]["reason"] != "it ends in 0" {
		t.Errorf("%d rejected: %.300v", len(bad), bad)
	}
	if c := o.wire(t, "source.numbers -> middle.numbers"); c.Delivered != count || c.Rejected != count/10 {
		t.Errorf("%+v", c)
	}
}

func TestQuestionsInC(t *testing.T) {
	tr := runParts(t, `graph main {
  asker    = Asker(count: 4_999)
  answerer = Answerer(last: 4_999)
  all      = file.Write(path: "answers.csv")

  asker.questions -> answerer
  asker.answers -> all
}`)
	o := tr.done()
	mustMatch(t, o.stderr, `4500 answers, 499 refusals`)
	if strings.Contains(o.stderr, "refused: ") {
		t.Errorf("%.2000s", o.stderr)
	}
	if strings.Contains(o.stderr, "nobody has asked for") {
		t.Error(o.stderr)
	}
	if rows := rowsOf(t, tr.folder, "answers.csv"); len(rows) != 4_500 {
		t.Errorf("%d answers", len(rows))
	}
}

func TestOtherCodecsInC(t *testing.T) {
	tr := runParts(t, `graph main {
  asker = Asker(count: 600)
  echo  = Echo()
  all   = file.Write(path: "answers.csv")

  asker.questions -> echo
  asker.answers -> all
}`)
	o := tr.done()
	mustMatch(t, o.stderr, `600 answers, 0 refusals`)
	rows := rowsOf(t, tr.folder, "answers.csv")
	if len(rows) != 600 {
		t.Errorf("%d answers", len(rows))
	}
	for i, row := range rows {
		if n := i + 1; row["n"] != strconv.Itoa(n) || row["square"] != strconv.Itoa(n*n) {
			t.Fatalf("answer %d is %v", n, row)
		}
	}
}

func TestTopicsInC(t *testing.T) {
	o := runParts(t, `graph main {
  source     = Source(count: 30)
  middle     = Middle()
  publisher  = Publisher()
  subscriber = Subscriber()
  chooser    = Chooser()

  source -> middle
  middle.squares -> publisher
  publisher -> subscriber where topic == "9"
  publisher -> chooser
}`).done()
	for topics, want := range map[string]string{"[9]": "9 under 9|19 under 9|29 under 9", "[37]": "3 under 3|7 under 7|13 under 3|17 under 7|23 under 3|27 under 7"} {
		got := regexp.MustCompile(`\d+ under `+topics).FindAllString(o.stderr, -1)
		if strings.Join(got, "|") != want {
			t.Errorf("%q, want %s", got, want)
		}
	}
	if n := strings.Count(o.stderr, " under "); n != 9 {
		t.Errorf("%d messages have come to subscribers", n)
	}
}

func TestStoppedSourceInC(t *testing.T) {
	tr := runParts(t, `graph main {
  source = Endless()
  out    = file.Write(path: "-")
  source -> out where n % 1_000 == 0
}`)
	if err := tr.stderr.Says(tr.ctx, "counting on"); err != nil {
		t.Fatalf("%v:\n%s", err, tr.stderr.String())
	}
	if err := tr.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	o := tr.done()
	if c := o.wire(t, "source.numbers -> out.rows"); c.Lost != 0 || c.Left != 0 {
		t.Errorf("%+v", c)
	}
}

func TestParameterThatCIsUnableToUse(t *testing.T) {
	o := runParts(t, `graph main {
  source = Unable(count: 5)
  out    = file.Write(path: "-")
  source -> out
}`).wait()
	if o.status != 3 || strings.Count(o.stderr, "nobody can count as far as that") == 0 {
		t.Errorf("status %d:\n%s", o.status, o.stderr)
	}
}

// The program in the client's README is one.
func TestReadmeInC(t *testing.T) {
	_, rest, ok := strings.Cut(read(t, "..", "..", "clients", "c", "README.md"), "```c\n")
	program, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("no program in C")
	}
	source := filepath.Join(t.TempDir(), "strong.c")
	write(t, source, program)
	if _, err := buildC(source, "strong"); err != nil {
		t.Fatal(err)
	}
}

// The example of the client says what jq would say.
func TestEnergyAgreesWithJq(t *testing.T) {
	quakes, err := filepath.Abs(filepath.Join("..", "..", "examples", "quakes"))
	if err != nil {
		t.Fatal(err)
	}
	graph := strings.Replace(read(t, "..", "..", "clients", "c", "example", "energy.actors"), "../../../examples/quakes", quakes, 1)
	tr := runC(t, energyOnce, graph)
	tr.done()
	type energy struct {
		Network, Strongest, Last string
		Count                    int
		Joules                   float64
	}
	var want []energy
	jq(t, quakes, `[inputs | select(.mag >= 2.5)] | group_by(.net) | map({network: .[0].net, count: length,
		joules: (map(pow(10; 4.8 + 1.5 * .mag)) | add), strongest: (max_by(.mag) | .id), last: (map(.at) | max)})`, &want)
	got := map[string]map[string]string{}
	for _, row := range rowsOf(t, tr.folder, "energies.csv") {
		got[row["network"]] = row
	}
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d networks, jq has %d", len(got), len(want))
	}
	for _, w := range want {
		row := got[w.Network]
		joules, err := strconv.ParseFloat(row["joules"], 64)
		if err != nil || math.Abs(joules/w.Joules-1) > 1e-9 || row["count"] != strconv.Itoa(w.Count) || strings.TrimRight(w.Last, "0Z.") != strings.TrimRight(row["last"], "0Z.") {
			t.Errorf("%v, jq says %v (%v)", row, w, err)
		}
	}
}
