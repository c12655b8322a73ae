package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/interp/build"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/model"
)

const planExtension = ".plan.json"

const compileHelp = `Compile writes NAME.plan.json, the plan of the program: every process, wire and
decision, the same bytes for the same source. Where there are handlers in Go it
also writes the binary NAME with the plan, the runtime and the handlers in it.
It runs alone wherever libzmq is, and takes the flags of "opencore run" and
name=value. The Go that messages become, NAME.actors.go, is written beside the
program if it is not up to date. With --emit go that is all that is done; with
--emit python what messages become in Python, NAME_actors.py, is written there
and nothing else.`

const compileExamples = `  opencore compile && ./quakes least=4.5
  opencore compile quakes.actors -o /srv/quakes
  opencore compile --emit go        for go:generate
  opencore compile --emit python    for actors in Python`

func (c *command) compileVerb() *cobra.Command {
	var folder, emit string
	cmd := &cobra.Command{
		Use:               "compile [FILE]",
		Short:             "write a program's plan and, with handlers, its binary",
		Long:              compileHelp,
		Example:           compileExamples,
		Args:              atMost(1),
		ValidArgsFunction: completePrograms,
		RunE: func(cmd *cobra.Command, args []string) error {
			if emit != "" {
				return c.emit(orHere(args)[0], emit)
			}
			return c.compile(cmd.Context(), orHere(args)[0], folder)
		},
	}
	c.jsonFlag(cmd)
	cmd.Flags().StringVarP(&folder, "output", "o", ".", "the folder to write to")
	cmd.Flags().StringVar(&emit, "emit", "", "write the messages in `LANGUAGE`, go or python, and nothing else")
	return cmd
}

func (c *command) compile(ctx context.Context, name, folder string) error {
	src, err := c.runnable(lang.LoadToShow, name)
	if err != nil {
		return err
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return failure{fmt.Errorf("there is no folder %q to write to", folder)}
	}
	p := plan.Build(src.program)
	data := plan.Encode(p)
	if err := c.write(filepath.Join(folder, p.Program+planExtension), data); err != nil {
		return failure{err}
	}
	if !p.Handlers {
		return nil
	}
	binary, err := c.binary(ctx, src, c.sayBuilding)
	if err != nil {
		return err
	}
	out := filepath.Join(folder, p.Program)
	if err := bundle(binary, data, out); err != nil {
		return failure{err}
	}
	fmt.Fprintf(c.err, "wrote %s\n", out)
	return nil
}

// emit writes what the messages of a program are in another language, where it
// is not up to date. What is proved of the program is nothing to it.
func (c *command) emit(name, language string) error {
	generate, ok := emitters[language]
	if !ok {
		return fmt.Errorf("--emit takes go or python, not %q", language)
	}
	src, err := c.sound(lang.LoadForced, name)
	if err != nil {
		return err
	}
	files, err := generate(src.program)
	if err != nil {
		return failure{err}
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if err := c.write(file, files[file]); err != nil {
			return failure{err}
		}
	}
	return nil
}

// emitters give the files that a program's messages are in a language.
var emitters = map[string]func(*model.Program) (map[string][]byte, error){
	"go": build.Generate,
	"python": func(p *model.Program) (map[string][]byte, error) {
		file, text := build.Python(p)
		return map[string][]byte{file: text}, nil
	},
}

// write writes a file and says so, unless it holds the same already.
func (c *command) write(file string, data []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "wrote %s\n", file)
	return nil
}

// bundle writes an executable that is the binary with the plan in it. A file
// of that name that is being run stays as it is for those who run it.
func bundle(binary string, data []byte, out string) error {
	code, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".opencore-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is left to remove once it has its name
	_, err = f.Write(code)
	if err := errors.Join(err, plan.Append(f, data), f.Chmod(0o755), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), out)
}
