package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// files looks at the files of standard actors. What an actor of the user's
// does with a string, nobody can know.
func (n *need) files() {
	switch n.process.Actor {
	case "file.Lines":
		n.input()
	case "file.Write":
		n.output()
	}
}

// file gives the value of the parameter path and where it is written; ok is
// false if it isn't known or is a standard stream.
func (n *need) file() (path, place string, ok bool) {
	arg, err := n.arg("path")
	if err != nil {
		panic("bug: " + err.Error())
	}
	path, ok = n.text(arg.Value)
	return path, arg.Place, ok && path != "-"
}

func (n *need) input() {
	path, place, ok := n.file()
	if !ok {
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		n.noInput(path, place)
	case err != nil:
		n.lacks("input", place, err.Error(), "")
	case info.IsDir():
		n.lacks("input", place, path+" is a folder", "name a file in it")
	case unix.Access(path, unix.R_OK) != nil:
		n.lacks("input", place, path+" can't be read by this user", "chmod +r it, or run as its owner")
	default:
		n.met("input", place, path)
	}
}

func (n *need) noInput(path, place string) {
	found := "there is no file " + path
	beside := filepath.Join(filepath.Dir(filepath.FromSlash(n.Plan.File)), path)
	if follow, err := n.arg("follow"); err == nil && n.truth(follow.Value) {
		n.note("input", place, found, "it is waited for: the file is followed")
		return
	}
	if _, err := os.Stat(beside); err == nil && !filepath.IsAbs(path) {
		n.lacks("input", place, found, fmt.Sprintf("it stands beside the program; paths are relative to where you are: cd %s", filepath.Dir(filepath.FromSlash(n.Plan.File))))
		return
	}
	n.lacks("input", place, found, "put it there, or give another path")
}

func (n *need) output() {
	path, place, ok := n.file()
	if !ok {
		return
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		n.lacks("output", place, path+" is a folder", "name a file in it")
	case err == nil && unix.Access(path, unix.W_OK) != nil:
		n.lacks("output", place, path+" can't be written by this user", "chmod +w it, or give another path")
	case err == nil:
		n.met("output", place, path)
	case !isFolder(dir):
		n.lacks("output", place, fmt.Sprintf("%s: there is no folder %s", path, dir), "make it: mkdir -p "+dir)
	case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		n.lacks("output", place, fmt.Sprintf("%s: nothing can be written in %s by this user", path, dir), "chmod +w it, or give another path")
	default:
		n.met("output", place, path)
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
