package lang

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/lang/prove"
)

// An Inspection is all that is known of a program, sound or not, for tools
// that work on what is being written.
type Inspection struct {
	Program  *model.Program // nil if one of the findings is an error
	Sources  *Sources
	Found    diag.List        // sorted
	Files    []check.File     // what the program imports, then its own; empty if that can't be read
	Standard []check.Standard // the standard library
	Index    *check.Index     // nil if the program can't be read

	formed *model.Program // nil if the program isn't well formed
}

// Inspect is [Load] for those who look into programs rather than run them.
func Inspect(file string, read func(path string) ([]byte, error), std fs.FS) *Inspection {
	return inspect(file, read, std, prove.Program)
}

func inspect(file string, read func(path string) ([]byte, error), std fs.FS, proofs func(*model.Program) diag.List) *Inspection {
	l := &loader{sources: &Sources{texts: map[string][]byte{}}}
	s := &Inspection{Sources: l.sources}
	main, ok := l.read(file, file, read)
	if !ok {
		s.Found = l.found
		return s
	}
	slashed := filepath.ToSlash(file)
	i := &importer{loader: l, read: read, home: path.Dir(slashed), seen: map[string]bool{path.Clean(slashed): true}}
	i.add(main, path.Clean(slashed), 0)
	s.Files, s.Standard = i.files, l.standard(std)
	program, found, index := check.Inspect(check.Program{
		Name: strings.TrimSuffix(path.Base(slashed), Extension), Files: i.files, Partial: i.partial,
	}, s.Standard)
	s.Index = index
	l.found = append(l.found, found...)
	if !l.found.HasErrors() {
		s.formed = program
		l.found = append(l.found, proofs(program)...)
	}
	l.found.Sort()
	if !l.found.HasErrors() {
		s.Program = program
	}
	s.Found = l.found
	return s
}
