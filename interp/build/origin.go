package build

import (
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"strings"
)

// sourceDir is the folder of this module's source. A build with -trimpath,
// which forgets it, may set it at link time:
//
//	-ldflags "-X github.com/ilpomo/opencore/interp/build.sourceDir=$PWD"
var sourceDir string

// unreleased is the version that a module is required in whose source is
// replaced by a folder.
const unreleased = "v0.0.0"

// An origin says where Go finds this module for the binaries of users: as a
// released version, or in the folder that this opencore was built from.
type origin struct {
	version string
	dir     string // "" if the version can be fetched
}

// ownOrigin finds out what this executable was built from.
func ownOrigin() origin {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == modulePath {
		version = info.Main.Version
	}
	dir := sourceDir
	if _, file, _, ok := goruntime.Caller(0); ok && dir == "" {
		dir = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	}
	return originOf(version, dir)
}

// originOf prefers the source on disk, as a version of a working copy may be
// pushed nowhere, but not that in Go's module cache.
func originOf(version, dir string) origin {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err == nil && filepath.IsAbs(dir) && moduleLine(string(text)) == modulePath && !strings.Contains(filepath.Base(dir), "@") {
		return origin{version: unreleased, dir: dir}
	}
	if version == "" || version == "(devel)" {
		version = "latest"
	}
	return origin{version: version}
}
