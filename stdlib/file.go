package stdlib

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ilpomo/opencore/runtime/actor"
)

// standard is the path that stands for standard input and output.
const standard = "-"

// A file is what the parameters path and format say.
type file struct {
	path   string
	format string // ndjson, csv or text
	gzip   bool
}

func fileOf(s *actor.Setup) (file, error) {
	f := file{path: param[string](s, "path"), format: param[string](s, "format")}
	if f.path == "" {
		return f, badParam("path", "the path is empty")
	}
	if s.Replicas > 1 {
		return f, badParam("path", "%d replicas would each use the whole file; leave replicas out", s.Replicas)
	}
	name := strings.ToLower(f.path)
	name, f.gzip = strings.CutSuffix(name, ".gz")
	if f.format == "auto" {
		f.format = formatByName(name)
	}
	if f.format == "" {
		return f, badParam("path", "%s: the name does not tell the format; say format: ndjson, csv or text", f.path)
	}
	return f, nil
}

// formatByName tells the format of a file by its name in small letters, ""
// if the name does not say.
func formatByName(name string) string {
	if name == standard {
		return "ndjson"
	}
	switch filepath.Ext(name) {
	case ".ndjson", ".jsonl", ".json":
		return "ndjson"
	case ".csv":
		return "csv"
	case ".txt", ".text", ".log":
		return "text"
	}
	return ""
}

// name is what messages call the file.
func (f file) name(direction string) string {
	if f.path == standard {
		return "standard " + direction
	}
	return f.path
}

// inWords says what the system answered, without what the caller knows: the
// operation and the path.
func inWords(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	case errors.Is(err, syscall.EISDIR):
		return "it is a folder"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full"
	case errors.Is(err, syscall.EDQUOT):
		return "the disk quota is used up"
	case errors.Is(err, syscall.EPIPE):
		return "nobody reads it any more"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// cannotOpen blames path for what the system answered.
func cannotOpen(path string, err error) error { return badParam("path", "%s: %s", path, inWords(err)) }
