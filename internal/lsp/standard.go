package lsp

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// standardFolder is what names of the standard library's files begin with in
// diagnostics.
const standardFolder = "stdlib/"

// shownAs gives the path under which the client can open a file that a span is
// in; "" if it can't.
func (s *server) shownAs(file string) string {
	name, ok := strings.CutPrefix(file, standardFolder)
	if !ok {
		return file
	}
	return s.layDown(name)
}

// layDown writes a file of the standard library into the cache, for people to
// read, and gives its path; "" if that can't be done. Editors open files alone,
// many of them no texts that a server has.
func (s *server) layDown(name string) string {
	if s.Cache == "" {
		return ""
	}
	file := filepath.Join(s.Cache, name)
	want, err := fs.ReadFile(s.Standard, name)
	if err != nil {
		return ""
	}
	if have, err := os.ReadFile(file); err == nil && string(have) == string(want) {
		return filepath.ToSlash(file)
	}
	if err = os.MkdirAll(s.Cache, 0o755); err == nil {
		err = replace(file, want)
	}
	if err != nil {
		s.Log.Warn("the standard library can't be laid down", "error", err)
		return ""
	}
	return filepath.ToSlash(file)
}

// replace writes a file that can only be read, in the place of an older one. It
// is whole at each moment, for other servers may read and write it too.
func replace(file string, data []byte) error {
	made, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	_, err = made.Write(data)
	const readOnly = 0o444
	if err = errors.Join(err, made.Chmod(readOnly), made.Close()); err == nil {
		err = os.Rename(made.Name(), file)
	}
	if err != nil {
		_ = os.Remove(made.Name())
	}
	return err
}

// spanFile gives what diagnostics call a file that the client has.
func (s *server) spanFile(name string) string {
	if s.laidDown(name) {
		return standardFolder + path.Base(name)
	}
	return name
}
