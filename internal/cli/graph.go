package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/internal/draw"
	"github.com/ilpomo/opencore/lang"
)

const graphHelp = `Draw a program: instances as boxes, wires as arrows, with filters as they are
written, replicas, what wires promise, and the codes of what "opencore check"
finds: errors red, and every wire of a circle. Wires of publishers are dashed;
what runs elsewhere stands in dashed boxes.

Without a flag the picture is text, for the terminal. --svg, --dot and
--mermaid write other forms to stdout; with -o the file's name says which.
Text and SVG need the program opencore-layout, beside opencore or in PATH.

A program with errors that are proved of it is drawn too, and the errors are
said on stderr. Exit status: 0 drawn, 1 the program has errors, 2 the command
line is wrong, 3 it could not be drawn.`

const graphExamples = `  opencore graph quakes.actors
  opencore graph -o quakes.svg
  opencore graph --mermaid >> README.md`

// A drawing is a form of pictures.
type drawing struct {
	name, extension, help string
	draw                  func(*draw.Picture, io.Writer) error
}

// laidOut makes a drawing of one that needs a layout.
func laidOut(paint func(*draw.Picture, context.Context, io.Writer, draw.Layout) error) func(*draw.Picture, io.Writer) error {
	return func(p *draw.Picture, w io.Writer) error {
		program, err := layoutProgram()
		if err != nil {
			return err
		}
		return paint(p, context.Background(), w, draw.Program(program))
	}
}

// layoutProgram finds the program that lays out: beside this one, or in PATH.
func layoutProgram() (string, error) {
	const name = "opencore-layout"
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(self), name); isFile(beside) {
			return beside, nil
		}
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s, which lays pictures out, is not installed: %w\n"+
			"install it with: go install github.com/ilpomo/opencore/cmd/...@latest\n"+
			"--dot and --mermaid need no layout", name, err)
	}
	return found, nil
}

var drawings = []drawing{
	{"svg", ".svg", "an image for browsers and documents", laidOut((*draw.Picture).SVG)},
	{"dot", ".dot", "the language of Graphviz", (*draw.Picture).DOT},
	{"mermaid", ".mmd", "a flowchart for Markdown", (*draw.Picture).Mermaid},
	{"text", ".txt", "lines for a terminal", laidOut((*draw.Picture).Text)},
}

func (c *command) graphVerb() *cobra.Command {
	chosen := make([]bool, len(drawings))
	var file string
	cmd := &cobra.Command{
		Use:               "graph [FILE]",
		Short:             "draw a program",
		Long:              graphHelp,
		Example:           graphExamples,
		Args:              atMost(1),
		ValidArgsFunction: completePrograms,
		RunE: func(_ *cobra.Command, args []string) error {
			form, err := chooseDrawing(chosen, file)
			if err != nil {
				return err
			}
			return c.drawProgram(orHere(args)[0], form, file)
		},
	}
	var names []string
	for i, d := range drawings {
		cmd.Flags().BoolVar(&chosen[i], d.name, false, d.help)
		names = append(names, d.name)
	}
	cmd.MarkFlagsMutuallyExclusive(names...)
	cmd.Flags().StringVarP(&file, "output", "o", "", "write to `FILE`, not to stdout")
	return cmd
}

// chooseDrawing gives the form that a flag or the file's name asks for.
func chooseDrawing(chosen []bool, file string) (drawing, error) {
	for i, yes := range chosen {
		if yes {
			return drawings[i], nil
		}
	}
	var known []string
	for _, d := range drawings {
		if filepath.Ext(file) == d.extension {
			return d, nil
		}
		known = append(known, d.extension)
	}
	if file == "" {
		return drawings[len(drawings)-1], nil
	}
	return drawing{}, fmt.Errorf("what to draw in %q? files end in %s, or a flag says it", file, strings.Join(known, ", "))
}

func (c *command) drawProgram(name string, form drawing, file string) error {
	src, err := loadWith(lang.LoadToShow, name)
	if err != nil {
		return err
	}
	if src.program != nil {
		if src.program.Graph == nil {
			return fmt.Errorf("%q has no graph main to draw", src.file)
		}
		if err := c.draw(draw.Of(src.program, src.findings), form, file); err != nil {
			return failure{err}
		}
	}
	if !src.findings.HasErrors() {
		return nil
	}
	if err := c.render(src); err != nil {
		return failure{err}
	}
	return status(statusFindings)
}

// draw writes a file once the picture is whole: what cannot be drawn leaves
// none.
func (c *command) draw(p *draw.Picture, form drawing, file string) error {
	if file == "" {
		return form.draw(p, c.out)
	}
	var b bytes.Buffer
	if err := form.draw(p, &b); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o666)
}
