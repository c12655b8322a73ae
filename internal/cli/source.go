package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/ilpomo/opencore/interp/build"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/model"
	"github.com/ilpomo/opencore/stdlib"
)

// A source is a program as it was read: what it says, its text, and what is
// to be said about it.
type source struct {
	file     string
	program  *model.Program // nil if it is not well formed
	texts    *lang.Sources
	findings diag.List
}

// load reads and checks the program that name means, Go handlers included.
func load(name string) (*source, error) { return loadWith(lang.LoadToShow, name) }

// A loader is [lang.LoadToShow] or [lang.LoadForced]: handlers are looked at also where
// an error was proved of the graph.
type loader func(file string, read func(path string) ([]byte, error), std fs.FS) (*model.Program, *lang.Sources, diag.List)

func loadWith(load loader, name string) (*source, error) { return loadFrom(load, name, os.ReadFile) }

// loadAs is [load] where read says what is in files.
func loadAs(name string, read func(path string) ([]byte, error)) (*source, error) {
	return loadFrom(lang.LoadToShow, name, read)
}

func loadFrom(load loader, name string, read func(path string) ([]byte, error)) (*source, error) {
	file, err := programFile(name)
	if err != nil {
		return nil, err
	}
	src := &source{file: file}
	src.program, src.texts, src.findings = load(filepath.ToSlash(file), read, stdlib.Sources)
	if src.program != nil {
		src.findings = append(src.findings, build.Check(src.program, read)...)
		src.findings.Sort()
	}
	return src, nil
}

// sound loads a program that must be without errors to go on. What there is
// to say about it has been said.
func (c *command) sound(load loader, name string) (*source, error) {
	src, err := loadWith(load, name)
	if err != nil {
		return nil, err
	}
	switch {
	case len(src.findings) == 0:
		return src, nil
	case !c.json:
		err = c.render(src)
	case src.findings.HasErrors():
		err = diag.JSON(c.out, src.findings)
	default: // stdout belongs to what is run
		err = diag.JSON(c.err, src.findings)
	}
	if err != nil {
		return nil, failure{err}
	}
	if src.findings.HasErrors() {
		return nil, status(statusFindings)
	}
	return src, nil
}

// runnable is [command.sound] for a program with a graph main.
func (c *command) runnable(load loader, name string) (*source, error) {
	src, err := c.sound(load, name)
	if err == nil && src.program.Graph == nil {
		return nil, fmt.Errorf("%s has no graph main: it defines things, and runs nothing", src.file)
	}
	return src, err
}

// show prints what is to be said about a program: findings to stderr, that
// there are none to stdout.
func (c *command) show(src *source) error {
	if len(src.findings) > 0 {
		return c.render(src)
	}
	_, err := fmt.Fprintf(c.out, "%s: all is well%s\n", src.file, extent(src.program.Graph))
	return err
}

func (c *command) render(src *source) error {
	if err := diag.Render(c.err, src.findings, src.text, colored(c.err)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.err, "\n%s: %s\n", src.file, tally(src.findings))
	return err
}

// text gives the text of a file that a finding is about: of the program, or
// of its Go package.
func (src *source) text(file string) []byte {
	if text := src.texts.Text(file); text != nil {
		return text
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil // the finding is shown without its line
	}
	return text
}

// extent says how big a graph is; nothing where there is none.
func extent(graph *model.Graph) string {
	if graph == nil {
		return ", no graph to run"
	}
	return ", " + count(len(graph.Instances), "instance") + ", " + count(len(graph.Wires), "wire")
}

// tally says how many findings of each severity there are.
func tally(findings diag.List) string {
	errors := 0
	for _, d := range findings {
		if d.Severity == diag.Error {
			errors++
		}
	}
	warnings := len(findings) - errors
	switch {
	case warnings == 0:
		return count(errors, "error")
	case errors == 0:
		return count(warnings, "warning")
	default:
		return count(errors, "error") + ", " + count(warnings, "warning")
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// colored reports whether f is a terminal whose user has nothing against
// colours (no-color.org).
func colored(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
