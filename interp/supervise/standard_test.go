package supervise

import (
	"testing"

	"github.com/ilpomo/opencore/runtime/spec"
)

func TestWhoWritesToStandardOutput(t *testing.T) {
	path := func(v spec.Value) []spec.Arg { return []spec.Arg{{Name: "format"}, {Name: "path", Value: v}} }
	for _, c := range []struct {
		process spec.Process
		want    bool
	}{
		{spec.Process{Actor: "log.Print"}, true},
		{spec.Process{Actor: "file.Write", Args: path(spec.Value{Const: []byte(`"-"`)})}, true},
		{spec.Process{Actor: "file.Write", Args: path(spec.Value{Param: "out"})}, true},
		{spec.Process{Actor: "file.Write", Args: path(spec.Value{Const: []byte(`"out.csv"`)})}, false},
		{spec.Process{Actor: "file.Lines", Args: path(spec.Value{Const: []byte(`"-"`)})}, false},
	} {
		if got := WritesStdout(&spec.Plan{Processes: []*spec.Process{&c.process}}); got != c.want {
			t.Errorf("%+v: %v", c.process, got)
		}
	}
}
