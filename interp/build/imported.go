package build

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/ilpomo/opencore/lang/model"
)

// Programs of one folder share a Go package, and what they import they share
// too: the types of an imported file are generated into a file of their own,
// which is the same whoever imports it.

// sourceOf gives the file whose generated Go a declaration belongs to.
func sourceOf(p *model.Program, d declaration) string {
	if d.builtin || d.span.File == "" {
		return p.File
	}
	return d.span.File
}

// sources lists the files that have generated Go: the program's own, and those
// that it imports types from.
func sources(p *model.Program) []string {
	list := []string{p.File}
	seen := map[string]bool{p.File: true}
	for _, d := range declarations(p) {
		if source := sourceOf(p, d); !seen[source] {
			seen[source] = true
			list = append(list, source)
		}
	}
	return list
}

// generatedOf gives the name of the generated file of a source within the
// program's folder: of "../lib/common.actors" it is up_lib_common.actors.go.
func generatedOf(p *model.Program, source string) string {
	if source == p.File {
		return generatedFile(p)
	}
	way, err := filepath.Rel(filepath.FromSlash(folder(p)), filepath.FromSlash(source))
	if err != nil { // the folder's name is not known
		way = path.Base(source)
	}
	name := strings.ReplaceAll(strings.ReplaceAll(filepath.ToSlash(way), "../", "up/"), "/", "_")
	return strings.TrimSuffix(name, ".actors") + generatedSuffix
}

// generatedNames are the names of all generated files of the program.
func generatedNames(p *model.Program) map[string]bool {
	names := map[string]bool{}
	for _, source := range sources(p) {
		names[generatedOf(p, source)] = true
	}
	return names
}
