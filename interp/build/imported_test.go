package build

import (
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/diag"
)

func TestTypesOfImportedFilesHaveFilesOfTheirOwn(t *testing.T) {
	p := programOf(t, "dir/main.actors", "Point: x float; y float\nPlace: name string; at Point?; kind enum(small, large)\nOwn: place Place")
	files := map[string]string{"Point": "lib/geo/point.actors", "Place": "dir/common.actors", "Own": "dir/main.actors"}
	for _, m := range p.Messages {
		m.Span.File = files[m.Name]
		for i := range m.FieldSpans {
			m.FieldSpans[i] = diag.Span{File: m.Span.File}
		}
	}
	want := map[string][]string{ // by file, what it declares
		"main.actors.go":             {"Own"},
		"common.actors.go":           {"Place", "PlaceKind"},
		"up_lib_geo_point.actors.go": {"Point"},
	}
	for _, source := range sources(p) {
		name := generatedOf(p, source)
		text := string(generateFrom(p, source, "pkg", func(string) bool { return false }))
		for _, all := range want {
			for _, typ := range all {
				has, should := strings.Contains(text, "\ntype "+typ+" "), strings.Contains(strings.Join(want[name], " ")+" ", typ+" ")
				if has != should {
					t.Errorf("%s declares %s: %v", name, typ, has)
				}
			}
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("there are no files for %v", want)
	}
}
