package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A state is what a binary was built from. A later run compares it with what
// is there: it looks at sizes and times of files, reads only those whose time has
// changed, and starts no other program.
type state struct {
	Main    string      // hash of main.go, without the places in the graph
	Origin  string      // of this module
	Module  string      // the folder of go.mod
	Work    string      // path of go.work, "" if there is none
	Env     []string    // variables that the go command looks at
	Files   []fileState // what is compiled, but for Go itself and released modules
	Folders []folderState
	Taken   time.Time // when this was noted: files that are not older may have changed since
}

type fileState struct {
	Path string
	Size int64 // -1: there is no such file
	Time time.Time
	Hash string
}

// A folderState tells whether files have come or gone.
type folderState struct {
	Path  string
	All   bool     // all names count, for some are embedded; else those of source files
	Names []string // of what counts
}

// racy is how coarse the times of files may be: a file changed within it
// may look unchanged.
const racy = 50 * time.Millisecond

func (b *builder) stateFile() string { return filepath.Join(b.out, "state.json") }

// fresh reports whether the binary is there and nothing that it was built
// from has changed.
func (b *builder) fresh() bool {
	text, err := os.ReadFile(b.stateFile())
	if err != nil {
		return false
	}
	var old state
	if err := json.Unmarshal(text, &old); err != nil {
		return false // of another version, or cut off: build anew
	}
	if _, err := os.Stat(b.binary); err != nil {
		return false
	}
	now := b.ownState()
	if old.Main != now.Main || old.Origin != now.Origin || old.Module != now.Module || old.Work != findWork(b.dir) || !slices.Equal(old.Env, now.Env) {
		return false
	}
	touched, looked := false, time.Now()
	for i := range old.Files {
		same, again := old.Files[i].unchanged(old.Taken)
		if !same {
			return false
		}
		touched = touched || again
	}
	for _, f := range old.Folders {
		if !slices.Equal(f.Names, namesIn(f.Path, f.All)) {
			return false
		}
	}
	if touched {
		old.Taken = looked
		_ = old.save(b.stateFile()) // else the files are read again next time
	}
	return true
}

// unchanged reports whether a file is as it was; again, whether it had to be
// read to know, and its time is another now.
func (f *fileState) unchanged(taken time.Time) (same, again bool) {
	now := statFile(f.Path)
	if now.Size != f.Size {
		return false, false
	}
	if now.Time.Equal(f.Time) && now.Time.Before(taken.Add(-racy)) || f.Size < 0 {
		return true, false
	}
	hash, err := hashFile(f.Path)
	if err != nil || hash != f.Hash {
		return false, false
	}
	again = !now.Time.Equal(f.Time)
	f.Time = now.Time
	return true, again
}

func statFile(path string) fileState {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{Path: path, Size: -1}
	}
	return fileState{Path: path, Size: info.Size(), Time: info.ModTime()}
}

func hashFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return hash(text), nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// sourceExtensions are those of the files that the go command compiles, by
// itself or with cgo.
var sourceExtensions = strings.Fields(".go .c .cc .cpp .cxx .m .h .hh .hpp .hxx .f .F .for .f90 .s .S .sx .swig .swigcxx .syso")

// namesIn lists what is in a folder: all of it, or the source files.
func namesIn(dir string, all bool) []string {
	entries, _ := os.ReadDir(dir) // a folder that is gone has none
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); all || slices.Contains(sourceExtensions, filepath.Ext(name)) && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names
}

// ownState is the part of the state that takes no other program to know.
func (b *builder) ownState() *state {
	return &state{
		Main:   hash(withoutPlaces(b.main)),
		Origin: b.origin.version + " " + b.origin.dir,
		Module: b.root,
		Env:    goVariables(os.Environ()),
	}
}

// withoutPlaces drops the //line directives: they change with every line
// that is put in above an actor, and matter only to what the compiler says.
func withoutPlaces(main []byte) []byte {
	var out []byte
	for line := range bytes.Lines(main) {
		if !bytes.HasPrefix(line, []byte("//line ")) {
			out = append(out, line...)
		}
	}
	return out
}

// goVariables picks the variables that the go command, or the C compiler for
// it, looks at.
func goVariables(environ []string) []string {
	var list []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case strings.HasPrefix(name, "GO"), strings.HasPrefix(name, "CGO_"), strings.HasPrefix(name, "PKG_CONFIG"):
			list = append(list, v)
		case name == "CC", name == "CXX", name == "AR", name == "LD_LIBRARY_PATH":
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return list
}

// findWork looks for the workspace that a folder is in as the go command
// does.
func findWork(dir string) string {
	switch work := os.Getenv("GOWORK"); work {
	case "":
	case "off":
		return ""
	default:
		return work
	}
	for {
		file := filepath.Join(dir, "go.work")
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// inputs notes all that the binary is about to be built from.
func (b *builder) inputs(ctx context.Context, env *goEnv, flags []string) (*state, error) {
	s := b.ownState()
	s.Work, s.Taken = findWork(b.dir), time.Now()
	files := []string{b.goTool, env.GOENV, filepath.Join(b.root, "go.mod"), filepath.Join(b.root, "go.sum")}
	if env.GOWORK != "" {
		files = append(files, env.GOWORK, env.GOWORK+".sum")
	}
	const list = "{{if not .Standard}}{{.Dir}}\t{{with .Module}}{{.GoMod}}{{end}}{{range .EmbedFiles}}\t{{.}}{{end}}{{end}}"
	args := append([]string{"list", "-e", "-deps", "-f", list}, flags...)
	out, err := b.goCommand(ctx, append(args, b.mainFile())...)
	if err != nil {
		return nil, b.explain(out, err)
	}
	for line := range strings.Lines(string(out)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if dir := parts[0]; dir != "" && dir != b.out && !within(dir, env.GOMODCACHE) {
			files = append(append(files, parts[1]), s.addPackage(dir, parts[2:])...)
		}
	}
	slices.Sort(files)
	for _, name := range slices.Compact(files) {
		s.add(name)
	}
	return s, nil
}

// addPackage notes the folders that a package's files lie in, and gives the
// paths of these files: sources, and those embedded, which may lie below.
func (s *state) addPackage(dir string, embedded []string) []string {
	s.addFolder(dir, false)
	var files []string
	for _, name := range append(namesIn(dir, false), embedded...) {
		files = append(files, filepath.Join(dir, name))
	}
	for _, name := range embedded {
		for at := filepath.Dir(name); ; at = filepath.Dir(at) {
			s.addFolder(filepath.Join(dir, at), true)
			if filepath.Dir(at) == "." {
				break
			}
		}
	}
	return files
}

func (s *state) addFolder(path string, all bool) {
	if !slices.ContainsFunc(s.Folders, func(f folderState) bool { return f.Path == path && f.All == all }) {
		s.Folders = append(s.Folders, folderState{Path: path, All: all, Names: namesIn(path, all)})
	}
}

// add notes a file. The go command itself is known by its size and time.
func (s *state) add(name string) {
	if name == "" {
		return
	}
	f := statFile(name)
	if f.Size >= 0 && f.Size < 1<<22 {
		if sum, err := hashFile(name); err == nil {
			f.Hash = sum
		}
	}
	s.Files = append(s.Files, f)
}

func within(path, dir string) bool {
	return dir != "" && strings.HasPrefix(path, dir+string(filepath.Separator))
}

func (s *state) save(name string) error {
	text, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("bug: a state has no JSON: %v", err))
	}
	return replaceFile(name, text)
}
