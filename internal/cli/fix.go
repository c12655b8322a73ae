package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/stdlib"
)

// maxPasses bounds how often a program is mended and looked at again. A mended
// name may show what is wrong behind it; more than a few such steps are a fix
// that undoes another.
const maxPasses = 10

// A fixer mends programs in memory, and writes them when it is done. Programs
// that import the same file see what the ones before them mended in it.
type fixer struct {
	*command
	dry  bool              // write nothing, show what would be written
	old  map[string][]byte // what was read of the files that are mended, by path
	new  map[string][]byte // what they are to be
	done diag.List         // what was mended, each with the one fix that was made
}

func newFixer(c *command, dry bool) *fixer {
	return &fixer{command: c, dry: dry, old: map[string][]byte{}, new: map[string][]byte{}}
}

// read is os.ReadFile for who looks at the programs as they are mended.
func (f *fixer) read(name string) ([]byte, error) {
	if text, ok := f.new[path.Clean(filepath.ToSlash(name))]; ok {
		return text, nil
	}
	return os.ReadFile(name)
}

// fix mends the program that name means as far as is sure, and gives it as it
// is then.
func (f *fixer) fix(name string) (*source, error) {
	for pass := 1; ; pass++ {
		src, err := loadAs(name, f.read)
		if err != nil {
			return nil, err
		}
		sure := sureFixes(src)
		if len(sure) == 0 || pass > maxPasses {
			return src, nil
		}
		if err := f.apply(src, sure); err != nil {
			return nil, failure{err}
		}
	}
}

// apply makes the one fix that each of some findings has.
func (f *fixer) apply(src *source, sure diag.List) error {
	byFile := map[string][]diag.Edit{}
	for _, d := range sure {
		for _, e := range d.Fixes[0].Edits {
			byFile[e.Span.File] = append(byFile[e.Span.File], e)
		}
	}
	for file, edits := range byFile {
		old := src.texts.Text(file)
		text, err := diag.Apply(file, old, edits)
		if err != nil {
			return err
		}
		key := path.Clean(file)
		if f.old[key] == nil {
			f.old[key] = old
		}
		f.new[key] = text
	}
	f.done = append(f.done, sure...)
	return nil
}

// sureFixes gives the findings that can be mended at once without asking, each
// with one fix: no two of them change the same words.
func sureFixes(src *source) diag.List {
	var chosen diag.List
	var taken []diag.Edit
	for _, d := range src.findings {
		i := slices.IndexFunc(d.Fixes, func(fix diag.Fix) bool { return fix.Sure })
		if i < 0 || !src.mayEdit(d.Fixes[i].Edits) || clash(taken, d.Fixes[i].Edits) {
			continue
		}
		taken = append(taken, d.Fixes[i].Edits...)
		d.Fixes = d.Fixes[i : i+1]
		chosen = append(chosen, d)
	}
	return chosen
}

// clash reports whether some edits change what others do. Two insertions at one
// place do, for their order is not known; the second comes a pass later.
func clash(taken, edits []diag.Edit) bool {
	return slices.ContainsFunc(edits, func(e diag.Edit) bool {
		return slices.ContainsFunc(taken, func(t diag.Edit) bool {
			return t.Span.File == e.Span.File && t.Span.Start.Offset <= e.Span.End.Offset && e.Span.Start.Offset <= t.Span.End.Offset
		})
	})
}

// mayEdit reports whether all of some edits are in files that the program is
// made of, and none in the standard library.
func (src *source) mayEdit(edits []diag.Edit) bool {
	return !slices.ContainsFunc(edits, func(e diag.Edit) bool {
		file := e.Span.File
		return src.texts.Text(file) == nil || path.Dir(file) == "stdlib" && isStandard(path.Base(file))
	})
}

func isStandard(name string) bool {
	_, err := fs.Stat(stdlib.Sources, name)
	return err == nil
}

// report says what was mended, or would be, and writes it.
func (f *fixer) report() error {
	for _, file := range slices.Sorted(maps.Keys(f.new)) {
		switch {
		case !f.dry:
			if err := replace(file, f.old[file], f.new[file]); err != nil {
				return err
			}
		case !f.json:
			if _, err := f.out.Write(diff.Diff(file+".orig", f.old[file], file, f.new[file])); err != nil {
				return err
			}
		}
	}
	if f.dry || f.json {
		return nil
	}
	for _, d := range f.done {
		at := d.Span
		if _, err := fmt.Fprintf(f.out, "fixed %s:%d:%d: %s (%s)\n", at.File, at.Start.Line, at.Start.Column, d.Fixes[0].Title, d.Code); err != nil {
			return err
		}
	}
	return nil
}

// left says at the end how much was mended, and how much is left to its author.
func (f *fixer) left(all diag.List) error {
	if len(f.done) == 0 || len(all) == 0 {
		return nil
	}
	word := "fixed"
	if f.dry {
		word = "to fix"
	}
	_, err := fmt.Fprintf(f.err, "%d %s, %d left\n", len(f.done), word, len(all))
	return err
}

// reportJSON says for tools what was mended, and what is left.
func (f *fixer) reportJSON(left diag.List) error {
	e := json.NewEncoder(f.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Fixed diag.List `json:"fixed"`
		Left  diag.List `json:"left"`
	}{append(diag.List{}, f.done...), append(diag.List{}, left...)})
}

// replace puts new in the place of what a file says, at once: whoever reads it
// sees the one or the other. A file that no longer says old is left alone. Its
// permissions stay, and a link goes on leading to it.
func replace(name string, old, new []byte) error {
	file, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	switch now, err := os.ReadFile(file); {
	case err != nil:
		return err
	case !bytes.Equal(now, old):
		return fmt.Errorf("%s has changed since it was read, and is left as it is", name)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s may not be written, and is left as it is", name)
	}
	made, err := os.CreateTemp(filepath.Dir(file), ".opencore-*")
	if err != nil {
		return err
	}
	defer os.Remove(made.Name()) // nothing is left to remove once it has its name
	_, err = made.Write(new)
	if err := errors.Join(err, made.Chmod(info.Mode().Perm()), made.Sync(), made.Close()); err != nil {
		return err
	}
	return os.Rename(made.Name(), file)
}
