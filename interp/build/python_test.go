package build

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

func TestPythonGolden(t *testing.T) {
	p := load(t, filepath.Join("testdata", "python", "every-shape.actors"))
	file, text := Python(p)
	if want := "testdata/python/every_shape_actors.py"; file != want {
		t.Errorf("the file is %s, want %s", file, want)
	}
	compareGolden(t, file, text)
}

// Python takes what is generated, and reads back what it writes.
func TestPythonRuns(t *testing.T) {
	cmd := exec.Command(testbed.Python(t), "-B", "-c", `
import msgspec, every_shape_actors as e
for cls in vars(e).values():
    if isinstance(cls, type) and issubclass(cls, msgspec.Struct):
        msgspec.msgpack.Decoder(list[cls])
made = e.Defaults()
assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=e.Defaults) == made
assert (made.alert, made.d, made.ints, made.t.isoformat()) == (e.Alert.None_, 1_500_000_000, [1, 2], "2026-01-31T12:00:00.500000+00:00")
names = msgspec.json.decode(b'{"class":"a","str":"b","list":["x"],"Alert":"_low","__x":3}', type=e.Names)
assert (names.class_, names.Alert_, names.x, names.knots) == ("a", e.Alert.low, 3, 0)
assert b'"Speed IAS in knots":0' in msgspec.json.encode(names)
`)
	cmd.Dir = filepath.Join("testdata", "python")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
