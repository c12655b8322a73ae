package endtoend

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/examples/mandelbrot"
	"github.com/ilpomo/opencore/internal/testbed"
	"github.com/ilpomo/opencore/runtime/actortest"
)

// runExample runs an example on a copy of its data.
func runExample(t *testing.T, name string, args ...string) (folder string, o outcome) {
	t.Helper()
	tr := newTrial(t)
	home, err := filepath.Abs(filepath.Join("..", "..", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Glob(filepath.Join(home, "*.[cn][sd]*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range data {
		write(t, filepath.Join(tr.folder, filepath.Base(file)), read(t, file))
	}
	tr.cmd = exec.Command(opencore(t), append([]string{"run", filepath.Join(home, name+".actors")}, args...)...)
	tr.cmd.Env = testbed.Environ()
	tr.begin()
	return tr.folder, tr.done()
}

func TestQuakesAgreesWithJq(t *testing.T) {
	folder, o := runExample(t, "quakes")

	type region struct {
		Network   string
		Count     int
		Strongest float64
	}
	var want []region
	jq(t, folder, `[inputs | select(.mag >= 2.5)] | group_by(.net) | map({network: .[0].net, count: length, strongest: (map(.mag) | max)})`, &want)
	got := map[string]region{}
	for _, row := range rowsOf(t, folder, "regions.csv") {
		count, err := strconv.Atoi(row["count"])
		if err != nil {
			t.Fatal(err)
		}
		strongest, err := strconv.ParseFloat(row["strongest"], 64)
		if err != nil {
			t.Fatal(err)
		}
		got[row["network"]] = region{row["network"], count, strongest}
	}
	if len(got) != len(want) {
		t.Errorf("%d networks, jq has %d", len(got), len(want))
	}
	for _, w := range want {
		if got[w.Network] != w {
			t.Errorf("last row of %s: %v, jq says %v", w.Network, got[w.Network], w)
		}
	}

	var alarms []string
	jq(t, folder, `[inputs | select(.mag >= 6 and .felt > 250) | .id]`, &alarms)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != len(alarms) {
		t.Fatalf("%d alarms, jq has %d:\n%s", len(lines), len(alarms), o.stdout)
	}
	for i, id := range alarms {
		mustMatch(t, lines[i], "^ALARM.*"+id)
	}
	mustMatch(t, o.stderr, `\ndone in \S+: read 1,707, rejected 0, dropped 0, lost 0\n$`)

	var strong int
	jq(t, folder, `[inputs | select(.mag >= 2.5)] | length`, &strong)
	mustMatch(t, o.stderr, fmt.Sprintf(`feed\.lines -> tally\.quakes +1,707 +%s +%d `, thousands(1707-strong), strong))
	compareWithReadme(t, o)
}

// compareWithReadme demands that the README shows what a run of quakes prints,
// but for times and for how often the tallies were published.
func compareWithReadme(t *testing.T, o outcome) {
	t.Helper()
	readme := read(t, "..", "..", "README.md")
	_, shown, _ := strings.Cut(readme, "```console\n$ opencore run\n")
	shown, _, ok := strings.Cut(shown, "```")
	if !ok {
		t.Fatal("README.md shows no run")
	}
	printed := o.stdout + building.ReplaceAllString(o.stderr, "")
	if got, want := varying.ReplaceAllString(printed, "…"), varying.ReplaceAllString(shown, "…"); got != want {
		t.Errorf("README.md shows\n%s\na run prints\n%s", want, got)
	}
}

var (
	building = regexp.MustCompile(`(?m)^building .*\n`)
	varying  = regexp.MustCompile(`done in [^:]*|table\.rows.*`)
)

// jq evaluates a program over quakes.ndjson.
func jq(t *testing.T, folder, program string, into any) {
	t.Helper()
	cmd := exec.Command("jq", "-n", program, "quakes.ndjson")
	cmd.Dir = folder
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("jq: %v", err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// rowsOf reads a CSV file with a head.
func rowsOf(t *testing.T, folder, name string) []map[string]string {
	t.Helper()
	table, err := csv.NewReader(strings.NewReader(read(t, folder, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(table) == 0 {
		t.Fatalf("%s is empty", name)
	}
	var rows []map[string]string
	for _, cells := range table[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[table[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func TestOrdersAreBilledOnceOrRefused(t *testing.T) {
	folder, o := runExample(t, "orders")
	mustMatch(t, o.stderr, `desk\.price -> book\.price +112 +0 +112 `) // each of 12 items is asked about twice
	prices := map[string]float64{}
	for _, row := range rowsOf(t, folder, "prices.csv") {
		prices[row["item"]] = number(t, row["price"])
	}
	totals := map[string]float64{}
	for _, row := range rowsOf(t, folder, "bills.csv") {
		if _, twice := totals[row["order"]]; twice {
			t.Errorf("order %s is billed twice", row["order"])
		}
		totals[row["order"]] = number(t, row["total"])
	}
	refused := 0
	for _, row := range rowsOf(t, folder, "orders.csv") {
		price, known := prices[row["item"]]
		total, billed := totals[row["id"]]
		switch {
		case !known:
			refused++
			mustContain(t, read(t, folder, "refused.ndjson"), row["item"])
		case !billed:
			t.Errorf("order %s is not billed", row["id"])
		case total != price*number(t, row["amount"]):
			t.Errorf("order %s is billed at %v", row["id"], total)
		}
	}
	if n := strings.Count(read(t, folder, "refused.ndjson"), "\n"); n != refused || refused == 0 {
		t.Errorf("%d orders are refused, want %d", n, refused)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestMandelbrotIsTheSameInOneProcess(t *testing.T) {
	const width, height = 90, 60
	folder, _ := runExample(t, "mandelbrot", fmt.Sprintf("width=%d", width), fmt.Sprintf("height=%d", height))
	f, err := os.Open(filepath.Join(folder, "mandelbrot.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	painter := &mandelbrot.Painter{Width: width, Height: height, Depth: 1000}
	a := actortest.New(t, painter)
	for y := range int64(height) {
		actortest.Send(a, painter.Rows, mandelbrot.Row{Y: y})
	}
	var different []int64
	for _, stripe := range actortest.Sent(a, &painter.Stripes) {
		for x, shade := range stripe.Shades {
			if got, _, _, _ := picture.At(x, int(stripe.Y)).RGBA(); byte(got>>8) != shade {
				different = append(different, stripe.Y)
			}
		}
	}
	if len(different) > 0 {
		t.Errorf("rows that differ from those painted in one process: %v", slices.Compact(different))
	}
}
