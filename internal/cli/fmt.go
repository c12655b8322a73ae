package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/lang/syntax"
)

const fmtHelp = `Fmt writes .actors files in the one form that there is: spaces, alignment and
blank lines; comments stay where they are. It prints the names of the files
that it changed. A folder stands for the programs in it, not for those in
folders below; no argument is the current one. "-" formats stdin to stdout.

With --check nothing is written: the files that would change are named, and
the exit status is 1 if there are any. A file with errors of syntax is left
alone, and they are printed.`

const fmtExamples = `  opencore fmt
  opencore fmt --check *.actors     in CI
  opencore fmt - <draft.actors      in an editor`

func (c *command) fmtVerb() *cobra.Command {
	f := &formatter{command: c}
	cmd := &cobra.Command{
		Use:               "fmt [FILE | FOLDER...]",
		Short:             "write .actors files in the one form that there is",
		Long:              fmtHelp,
		Example:           fmtExamples,
		ValidArgsFunction: completePrograms,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(args) },
	}
	c.jsonFlag(cmd)
	cmd.Flags().BoolVar(&f.dry, "check", false, "name the files that would change, and write nothing")
	return cmd
}

// A formatter formats files one by one and remembers what it found.
type formatter struct {
	*command
	dry      bool // write nothing
	findings diag.List
	changed  int
}

func (f *formatter) run(args []string) error {
	files, err := filesToFormat(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := f.format(file); err != nil {
			return failure{err}
		}
	}
	if f.json {
		if err := diag.JSON(f.out, f.findings); err != nil {
			return failure{err}
		}
	}
	if len(f.findings) > 0 || f.dry && f.changed > 0 {
		return status(statusFindings)
	}
	return nil
}

func filesToFormat(args []string) ([]string, error) {
	if len(args) == 0 {
		return programsIn(".")
	}
	var files []string
	for _, arg := range args {
		switch info, err := os.Stat(arg); {
		case arg == "-":
			files = append(files, arg)
		case err != nil:
			return nil, noSuchFile(arg)
		case info.IsDir():
			found, err := programsIn(arg)
			if err != nil {
				return nil, failure{err}
			}
			files = append(files, found...)
		default:
			if err := calledProgram(arg); err != nil {
				return nil, err
			}
			files = append(files, arg)
		}
	}
	return files, nil
}

func (f *formatter) format(file string) error {
	src, err := f.read(file)
	if err != nil {
		return err
	}
	formatted, findings := syntax.Format(file, src)
	switch {
	case findings.HasErrors():
		f.findings = append(f.findings, findings...)
		if f.json {
			return nil
		}
		return diag.Render(f.err, findings, func(string) []byte { return src }, colored(f.err))
	case file == "-" && !f.dry:
		_, err = f.out.Write(formatted)
		return err
	case bytes.Equal(src, formatted):
		return nil
	}
	f.changed++
	return f.write(file, formatted)
}

func (f *formatter) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(f.in)
	}
	return os.ReadFile(file)
}

// write replaces the file's text and names it; with --check it only names it.
func (f *formatter) write(file string, text []byte) error {
	if !f.json {
		fmt.Fprintln(f.out, file)
	}
	if f.dry {
		return nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, info.Mode().Perm())
}
