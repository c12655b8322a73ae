package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/lang"
)

const extension = ".actors"

// orHere gives what a verb is about: its arguments, or the current folder.
func orHere(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	return args
}

// programFile finds the program that name means: the file, or the only
// program in the folder of that name.
func programFile(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", noSuchFile(name)
	case err != nil:
		return "", err
	case info.IsDir():
		return onlyProgram(name)
	default:
		return name, calledProgram(name)
	}
}

// calledProgram is an error if a file isn't called as programs are: then it is hardly
// one, and all that could be said about it would be wrong.
func calledProgram(file string) error {
	if filepath.Ext(file) == extension {
		return nil
	}
	beside := strings.TrimSuffix(file, filepath.Ext(file))
	beside = strings.TrimSuffix(beside, extension) + extension
	if isFile(beside) {
		return fmt.Errorf("%q is no .actors file; did you mean %q?", file, beside)
	}
	return fmt.Errorf("%q is no .actors file", file)
}

// noSuchFile says that there is no such file, and which one may have been
// meant.
func noSuchFile(name string) error {
	near, err := programsIn(filepath.Dir(name))
	if err != nil || len(near) == 0 {
		return fmt.Errorf("there is no file %q", name)
	}
	if isFile(name + extension) {
		return fmt.Errorf("there is no file %q; did you mean %q?", name, name+extension)
	}
	return fmt.Errorf("there is no file %q%s", name, didYouMean(name, near, ""))
}

func onlyProgram(folder string) (string, error) {
	found, err := programsIn(folder)
	if runs := slices.DeleteFunc(slices.Clone(found), isImport); len(runs) == 1 {
		return runs[0], err
	}
	switch {
	case err != nil:
		return "", err
	case len(found) == 0 && folder == ".":
		return "", errors.New(`there is no .actors file in the current folder; "opencore new NAME" starts a project`)
	case len(found) == 0:
		return "", fmt.Errorf("there is no .actors file in %q", folder)
	case len(found) > 1:
		return "", fmt.Errorf("which one? there are several programs: %s", strings.Join(found, ", "))
	default:
		return found[0], nil
	}
}

// programsIn lists the .actors files of a folder.
func programsIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var found []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), extension) && !entry.IsDir() {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	return found, err
}

// isImport reports whether a file has definitions alone, for others to import.
func isImport(name string) bool {
	text, err := os.ReadFile(name)
	return err == nil && !lang.Runs(name, text)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// completePrograms offers .actors files to the shell.
func completePrograms(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"actors"}, cobra.ShellCompDirectiveFilterFileExt
}
