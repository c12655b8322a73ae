package build

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// template is the project that [New] makes, as a package of this module that
// is tested with it: only the name is another in a copy.
//
//go:embed hello/hello.actors hello/hello.actors.go hello/hello.go hello/hello_test.go hello/people.txt
var template embed.FS

const templateName = "hello"

// goVersion stands in the go.mod of a new project: that of our own.
const goVersion = "1.26.0"

// New makes a project in dir: a program, its handler, a test of it and a
// go.mod that resolves. name is that of the program and of its Go package. dir may
// exist, but must be empty.
func New(dir, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	from := ownOrigin()
	files, err := projectFiles(name, from)
	if err != nil {
		return err
	}
	if err := writeProject(dir, files); err != nil {
		return err
	}
	return resolve(dir, from)
}

// writeProject writes the files of a new project into a folder of its own.
func writeProject(dir string, files map[string][]byte) error {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// projectFiles gives the files of a new project by their names.
func projectFiles(name string, from origin) (map[string][]byte, error) {
	files, err := templateFiles(template, templateName, name)
	if err != nil {
		return nil, err
	}
	files[".gitignore"] = fmt.Appendf(nil, "# what \"opencore compile\" writes\n/%s\n/%s.plan.json\n", name, name)
	files["go.mod"] = fmt.Appendf(nil, "module example/%s\n\ngo %s\n", name, goVersion)
	if from.dir != "" {
		files["go.mod"] = fmt.Appendf(files["go.mod"], "\nrequire %s %s\n\nreplace %s => %s\n", modulePath, from.version, modulePath, quotePath(from.dir))
	}
	return files, nil
}

// templateFiles gives the files of a template in a folder, under the name of
// a new project.
func templateFiles(template embed.FS, folder, name string) (map[string][]byte, error) {
	entries, err := template.ReadDir(folder)
	files := map[string][]byte{}
	for _, entry := range entries {
		text, err := template.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		files[strings.ReplaceAll(entry.Name(), templateName, name)] = bytes.ReplaceAll(text, []byte(templateName), []byte(name))
	}
	return files, err
}

// quotePath spells a path as go.mod wants it.
func quotePath(dir string) string {
	if strings.ContainsAny(dir, " \t'`\"()[]{},") {
		return fmt.Sprintf("%q", dir)
	}
	return dir
}

var goodName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// reservedNames are good names of packages that mean something to Go, or to
// us in a generated main.
var reservedNames = []string{"main", "internal", "vendor", "testdata", "init"}

// checkName reports a name that no Go package should have.
func checkName(name string) error {
	switch {
	case !goodName.MatchString(name):
		return fmt.Errorf("%q can't be the name of a Go package: it has small letters and digits only, and begins with a letter", name)
	case token.IsKeyword(name) || slices.Contains(reservedNames, name):
		return fmt.Errorf("%q can't be the name of a Go package: the word has a meaning in Go", name)
	default:
		return nil
	}
}

// checkEmpty reports a folder with something in it.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return fmt.Errorf("%q is there already, and is a file", dir)
		}
		return err
	case len(entries) > 0:
		return fmt.Errorf("the folder %q is there already, and is not empty", dir)
	default:
		return nil
	}
}

// resolve lets Go find the released version of this module for a project.
// Where its source stands in go.mod there is nothing to find.
func resolve(dir string, from origin) error {
	if from.dir != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for _, args := range [][]string{{"get", modulePath + "@" + from.version}, {"mod", "tidy"}} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s is made, but go.mod does not name %s yet: \"go %s\" in it failed: %w\n%s", dir, modulePath, strings.Join(args, " "), err, bytes.TrimSpace(out))
		}
	}
	return nil
}
