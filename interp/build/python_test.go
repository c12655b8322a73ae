package build

import (
	"path/filepath"
	"testing"
)

func TestPythonGolden(t *testing.T) {
	p := load(t, filepath.Join("testdata", "python", "every-shape.actors"))
	file, text := Python(p)
	if want := "testdata/python/every_shape_actors.py"; file != want {
		t.Errorf("the file is %s, want %s", file, want)
	}
	compareGolden(t, file, text)
}
