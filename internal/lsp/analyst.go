package lsp

import (
	"context"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"

	"github.com/ilpomo/opencore/interp/build"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/check"
	"github.com/ilpomo/opencore/lang/syntax"
)

// An analysis is what is known of one program: of a file, mostly one that is
// open, with all that it imports. It does not change.
type analysis struct {
	*lang.Inspection
	root  string
	disk  int
	texts map[string]*text     // of all files that were read, by path
	open  map[string]*document // those of them that were open; nil for the others, Go included

	meanings func() *names // what all names of the program mean; found out when first asked for
}

func newAnalysis(v *view, root string) *analysis {
	a := &analysis{root: root, disk: v.disk, texts: map[string]*text{}, open: map[string]*document{}}
	a.meanings = sync.OnceValue(func() *names { return nameAll(a) })
	return a
}

// fits reports whether an analysis is still true in a view.
func (a *analysis) fits(v *view) bool {
	if a == nil || a.disk != v.disk {
		return false
	}
	for name, d := range a.open {
		if v.open[name] != d {
			return false
		}
	}
	return true
}

// An analyst looks at programs, one at a time, and keeps what it found of
// each.
type analyst struct {
	current func() *view // the newest one
	inspect func(v *view, root string) *analysis
	busy    chan struct{} // whose turn it is; holds one

	mu   sync.Mutex
	done map[string]*analysis // the last one of each root
}

func newAnalyst(current func() *view, inspect func(v *view, root string) *analysis) *analyst {
	return &analyst{current: current, inspect: inspect, busy: make(chan struct{}, 1), done: map[string]*analysis{}}
}

// last gives what was last known of a program, which may be of an older text;
// nil if nothing is.
func (a *analyst) last(root string) *analysis {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done[root]
}

// analysis gives what is known of a program in a view. The error says that the
// client no longer asks, or that the texts have changed since.
func (a *analyst) analysis(ctx context.Context, v *view, root string) (*analysis, error) {
	if found := a.last(root); found.fits(v) {
		return found, nil
	}
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
	case <-ctx.Done():
		return nil, protocol.ErrRequestCancelled
	}
	if found := a.last(root); found.fits(v) {
		return found, nil
	}
	if now := a.current(); v != now && !sameRoots(v, now) {
		return nil, protocol.ErrContentModified
	}
	found := a.inspect(v, root)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.done) >= maxKept {
		maps.DeleteFunc(a.done, func(root string, _ *analysis) bool { return v.open[root] == nil })
	}
	a.done[root] = found
	return found, nil
}

// maxKept bounds how many programs are kept in mind that are not open.
const maxKept = 100

// sameRoots reports whether two views have the same texts.
func sameRoots(v, w *view) bool {
	if v.disk != w.disk || len(v.open) != len(w.open) {
		return false
	}
	for name, d := range v.open {
		if w.open[name] != d {
			return false
		}
	}
	return true
}

// inspectSafely looks at a program. If a bug of ours gets in the way, what
// parses is still known.
func (s *server) inspectSafely(v *view, root string) (a *analysis) {
	defer func() {
		if p := recover(); p != nil {
			s.bug("looking at "+root, p)
			a = parsed(v, root)
		}
	}()
	return inspect(v, root, s.Options)
}

// parsed is what is known of a program by reading it alone.
func parsed(v *view, root string) *analysis {
	a := newAnalysis(v, root)
	a.Inspection = &lang.Inspection{}
	d := v.open[root]
	if a.open[root] = d; d != nil {
		a.texts[root] = d.text
		tree, found := syntax.Parse(root, []byte(d.text.src))
		a.Files, a.Found = []check.File{{File: tree, Dir: path.Dir(root)}}, found
	}
	return a
}

// inspect looks at a program.
func inspect(v *view, root string, o Options) *analysis {
	a := newAnalysis(v, root)
	read := func(name string) ([]byte, error) { return a.read(v, name) }
	a.Inspection = lang.Inspect(root, read, o.Standard)
	if a.Program != nil && isFile(root) {
		a.Found = append(a.Found, build.Check(a.Program, read)...)
	}
	for _, s := range a.Standard {
		a.texts[s.File.Name] = newText(string(a.Sources.Text(s.File.Name)), v.enc)
	}
	return a
}

// read reads a file that the analysis depends on from then on.
func (a *analysis) read(v *view, name string) ([]byte, error) {
	if a.root == nowhere {
		return nil, nil
	}
	name = cleaned(name)
	d := v.open[name]
	if a.open[name] = d; d != nil {
		a.texts[name] = d.text
		return []byte(d.text.src), nil
	}
	data, err := v.read(name)
	if err == nil && isProgram(name) {
		a.texts[name] = newText(string(data), v.enc)
	}
	return data, err
}

// text gives the text of a file that a span is in; nil if there is none.
func (a *analysis) text(v *view, file string) *text {
	if t := a.texts[file]; t != nil {
		return t
	}
	if file == "" || strings.HasPrefix(file, standardFolder) {
		return nil
	}
	data, err := v.read(file)
	if err != nil {
		return nil
	}
	return newText(string(data), v.enc)
}

// roots lists the open programs.
func (s *server) roots(v *view) []string {
	var list []string
	for name := range v.open {
		if isProgram(name) && !s.laidDown(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// laidDown reports whether a file is one of the standard library's that the
// server has written for people to read.
func (s *server) laidDown(name string) bool {
	return s.Cache != "" && strings.HasPrefix(name, filepath.ToSlash(s.Cache)+"/")
}
