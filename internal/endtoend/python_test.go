package endtoend

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

// pythonExample prepares a run of an example with actors in Python, in a
// folder with copies of its data and its Python.
func pythonExample(t *testing.T, name string, args ...string) *trial {
	t.Helper()
	tr := newTrial(t)
	home, err := filepath.Abs(filepath.Join("..", "..", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.py", "*.csv"} {
		files, err := filepath.Glob(filepath.Join(home, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			write(t, filepath.Join(tr.folder, filepath.Base(file)), read(t, file))
		}
	}
	tr.cmd = exec.Command(opencore(t), append([]string{"run", filepath.Join(home, name+".actors")}, args...)...)
	tr.cmd.Env = append(testbed.Environ(), "PATH="+testbed.PythonPath(t))
	return tr
}

// The alarms of Python and Go together are those that the same rule finds
// here, in one piece.
func TestSensorsAgreeWithOneLoop(t *testing.T) {
	tr := pythonExample(t, "sensors")
	tr.begin()
	o := tr.done()
	var want []string
	for _, sensor := range []string{"boiler", "freezer", "hall", "oven"} {
		want = append(want, alarmsOf(t, tr.folder, sensor)...)
	}
	var got []string
	for _, row := range rowsOf(t, tr.folder, "alarms.csv") {
		got = append(got, strings.Join([]string{row["sensor"], row["from"], row["to"]}, " "))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("alarms\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	mustMatch(t, o.stderr, `\ndone in \S+: read 960, rejected 0, dropped 0, lost 0\n$`)
}

// alarmsOf finds three or more readings of a sensor in a row that are four
// standard deviations away from the mean of the last thirty usual ones.
func alarmsOf(t *testing.T, folder, sensor string) []string {
	t.Helper()
	var alarms []string
	var usual []float64
	var from, to string
	row := 0
	for _, reading := range rowsOf(t, folder, "readings.csv") {
		if reading["sensor"] != sensor {
			continue
		}
		value, at := number(t, reading["value"]), reading["at"]
		if len(usual) == 30 && math.Abs(deviation(usual, value)) >= 4 {
			if row == 0 {
				from = at
			}
			row, to = row+1, at
			continue
		}
		if row >= 3 {
			alarms = append(alarms, strings.Join([]string{sensor, from, to}, " "))
		}
		row = 0
		usual = append(usual[max(0, len(usual)-29):], value)
	}
	return alarms
}

// deviation says how many standard deviations a value is away from the mean.
func deviation(of []float64, value float64) float64 {
	mean, squares := 0.0, 0.0
	for _, x := range of {
		mean += x / float64(len(of))
	}
	for _, x := range of {
		squares += (x - mean) * (x - mean)
	}
	return (value - mean) / math.Sqrt(squares/float64(len(of)-1))
}

// A client that knows nothing of opencore asks, and is told what is wrong with
// what it asks.
func TestScoringAnswersAClientFromOutside(t *testing.T) {
	tr := pythonExample(t, "scoring", "at=ipc://model")
	tr.begin()
	if got, want := tr.python(t, "client.py", "what a lovely film", "the script was a boring mess"), "good (0.67): what a lovely film\nbad (0.82): the script was a boring mess\n"; got != want {
		t.Errorf("the client prints\n%s\nwant\n%s", got, want)
	}
	got := tr.python(t, "-c", `
import zmq
socket = zmq.Context().socket(zmq.REQ)
socket.connect("ipc://model")
socket.send(b'{"txt": 1}')
frames = socket.recv_multipart()
print(len(frames), frames[0], "text" in frames[1].decode())
`)
	if want := "2 b'' True\n"; got != want {
		t.Errorf("what is no question is answered with %q, want %q", got, want)
	}
	if err := tr.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	o := tr.done()
	mustMatch(t, o.stderr, `desk\.repliers -> model\.judge +2 +0 +2 +0 +0 +0`)
	mustMatch(t, o.stderr, `model\.[12] +learned from 20 reviews`)
}

// python runs Python in the folder of the run and gives what it printed.
func (tr *trial) python(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(tr.ctx, deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, testbed.Python(t), args...)
	cmd.Dir = tr.folder
	cmd.Env = append(os.Environ(), "MODEL=ipc://model")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\nthe run says\n%s", err, stderr.String(), tr.stderr.String())
	}
	return string(out)
}

// What Python reads typed and sends on is what it was given, whatever its
// type.
func TestPythonHandsOnValuesOfEveryType(t *testing.T) {
	tr := newTrial(t)
	write(t, filepath.Join(tr.folder, "every.actors"), `enum Alert { green, red }
message Point { x float, y float }
message Every {
  s string, b bool, i int, f float, raw bytes, t time, d duration, x any, alert Alert, kind enum(small, large), p Point
  os string?, oi int?, ot time?, ok Alert?, op Point?
  l [string], n [[int?]], places [Point], m {string: float}, mm {string: [Alert]}, class string as "a name", def int = 7
}
actor Hand() exec ["python3", "hand.py"] {
  pull from Every
  push to   Every
}
graph main {
  feed  = gen.Messages<Every>(count: 500)
  hand  = Hand()
  given = file.Write(path: "given.ndjson")
  taken = file.Write(path: "taken.ndjson")

  feed -> hand.from
  feed -> given
  hand -> taken
}
`)
	write(t, filepath.Join(tr.folder, "hand.py"), `
import opencore
from every_actors import Every

def hand(every: Every) -> Every:
    return every

opencore.run(hand)
`)
	for _, args := range [][]string{{"compile", "--emit", "python"}, {"run"}} {
		tr.cmd = exec.Command(opencore(t), args...)
		tr.cmd.Env = append(os.Environ(), "PATH="+testbed.PythonPath(t))
		tr.begin()
		tr.done()
	}
	given, taken := read(t, tr.folder, "given.ndjson"), read(t, tr.folder, "taken.ndjson")
	if strings.Count(given, "\n") != 500 || given != taken {
		t.Errorf("given\n%.500s\ntaken\n%.500s", given, taken)
	}
}
