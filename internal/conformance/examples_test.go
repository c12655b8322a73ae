package conformance

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

// example runs an example in a folder of its own.
func example(t *testing.T, name string, args ...string) (folder string, g *graph) {
	t.Helper()
	program, err := filepath.Abs(filepath.Join("..", "..", "examples", name, name+".actors"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(must(t, opencoreOnce), append([]string{"run", program, "--log", "json"}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = testbed.Environ()
	return cmd.Dir, &graph{launch(t, name, cmd)}
}

// TestJqAgreesWithItself compares the pipeline with one call of jq.
func TestJqAgreesWithItself(t *testing.T) {
	t.Parallel()
	quakes, err := filepath.Abs(filepath.Join("..", "..", "examples", "quakes", "quakes.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("jq", "-s", `[.[] | select(.mag >= 2.5) | {mag, country: (.place | split(", ") | last)}]
		| group_by(.country) | map({country: .[0].country, count: length, strongest: (map(.mag) | max)}) | sort_by(-.count, .country)`, quakes).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Country   string
		Count     int
		Strongest float64
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	folder, g := example(t, "jq", "path="+quakes)
	printed := g.rest()
	g.finish()
	f, err := os.Open(filepath.Join(folder, "countries.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(want)+1 {
		t.Fatalf("%d rows, jq has %d countries", len(rows)-1, len(want))
	}
	most := 0
	for i, w := range want {
		row := rows[i+1]
		if row[0] != w.Country || row[1] != strconv.Itoa(w.Count) || row[2] != strconv.FormatFloat(w.Strongest, 'f', -1, 64) {
			t.Errorf("row %d is %v, jq says %v", i, row, w)
		}
		if w.Count >= 20 {
			most++
		}
	}
	if len(printed) != most || most == 0 {
		t.Errorf("%d countries are printed, want %d: %v", len(printed), most, printed)
	}
}

// TestMarketIsJoined has the example's own publisher and subscriber join it.
func TestMarketIsJoined(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	prices, candles := testbed.FreeTCP(t, "127.0.0.1"), testbed.FreeTCP(t, "127.0.0.1")
	folder, g := example(t, "market", "prices_at="+prices, "candles_at="+candles, "every=50ms")
	script := func(name string, args ...string) *process {
		return launch(t, name, exec.Command(interpreter, append([]string{filepath.Join("..", "..", "examples", "market", name)}, args...)...))
	}
	wheat := script("publish.py", "eu.wheat", prices)
	corn := script("publish.py", "us.corn", prices)
	subscriber := script("subscribe.py", "eu.", candles, "3")
	lines := subscriber.rest()
	if len(lines) != 3 {
		t.Fatalf("the subscriber has %q:\n%s\n%s", lines, subscriber.stderr.String(), g.stderr.String())
	}
	for _, line := range lines {
		if fields := strings.Fields(line); len(fields) != 6 || fields[0] != "eu.wheat" {
			t.Errorf("the subscriber has %q", line)
		}
	}
	wheat.kill()
	corn.kill()
	g.signal(syscall.SIGTERM)
	a := g.finish()
	if c := a.wire(t, "exchanges.prices -> candles.prices"); c.Delivered == 0 || c.Rejected > 0 {
		t.Errorf("%+v", c)
	}
	text, err := os.ReadFile(filepath.Join(folder, "candles.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(rows) < 4 || slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, "us.") }) {
		t.Errorf("candles.csv has %q", rows)
	}
}
