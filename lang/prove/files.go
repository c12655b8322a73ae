package prove

import (
	"path"
	"strings"

	"github.com/ilpomo/opencore/lang/model"
)

// files reports files that two of the standard library's actors use in ways
// that don't go together.
func (v *prover) files() {
	read := map[model.Value][]*model.Instance{}
	var replacing []*model.Instance
	for _, i := range v.graph.Instances {
		if !i.Actor.Standard || i.Actor.Name != "file.Lines" && i.Actor.Name != "file.Write" {
			continue
		}
		if i.Replicas > 1 {
			v.found.Errorf(codeWhole, i.Span, "%q has %d replicas, and each would use the whole file", i.Name, i.Replicas).
				Help("leave replicas out")
		}
		switch at := fileOf(i); {
		case at == nil:
		case i.Actor.Name == "file.Lines":
			read[at] = append(read[at], i)
		case replaces(i):
			replacing = append(replacing, i)
		}
	}
	for _, w := range replacing {
		v.replaced(w, read[fileOf(w)])
	}
}

// replaced reports an instance that empties the file which others read.
func (v *prover) replaced(w *model.Instance, readers []*model.Instance) {
	if len(readers) == 0 {
		return
	}
	d := v.found.Warnf(codeReplaced, w.Span, "%q replaces the file that %q reads, before it is read", w.Name, readers[0].Name)
	for _, r := range readers[:min(len(readers), mostNotes)] {
		d.Note(r.Span, "it is read here")
	}
	d.Help("write another file, or say append: true")
}

// replaces tells whether a sink certainly empties its file when it starts.
func replaces(i *model.Instance) bool {
	given := argument(i, "append")
	return given == nil || given == false
}

// fileOf is the file that an instance uses, where its path is known or named;
// nil for streams and devices.
func fileOf(i *model.Instance) model.Value {
	switch p := argument(i, "path").(type) {
	case string:
		if p == "-" || p == "" || strings.HasPrefix(p, "/dev/") || strings.HasPrefix(p, "/proc/") {
			return nil
		}
		return path.Clean(p)
	case model.ParamRef:
		return p
	default:
		return nil
	}
}

// argument gives the value of a parameter; nil if there is none of that name.
func argument(i *model.Instance, name string) model.Value {
	for _, a := range i.Args {
		if a.Param.Name == name {
			return a.Value
		}
	}
	return nil
}
