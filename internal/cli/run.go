package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/interp"
	"github.com/ilpomo/opencore/interp/build"
	"github.com/ilpomo/opencore/interp/plan"
	"github.com/ilpomo/opencore/lang"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/runtime/spec"
	"github.com/ilpomo/opencore/runtime/zmq"
	"github.com/ilpomo/opencore/stdlib"
)

const runHelp = `Run checks a program, builds its handlers if it has any in Go, and runs it:
one process per replica, until every finite source has been drained to the
last sink. name=value sets a parameter of graph main.

stdout carries only what actors write to "-" and what log.Print prints; all
else goes to stderr: where exposed ports listen, what actors log, and at the
end the account of all wires. Ctrl-C or SIGTERM stops the sources and lets the
rest drain; a second one ends it at once.

What check proves to go wrong ("can deadlock") is an error; with --force it is
a warning, and the program runs as it stands.

FILE may also be a plan that "opencore compile" wrote, of a program without
handlers in Go; with them, run the binary that it wrote.

Exit status: 0 done and nothing lost, 1 the program has errors, 2 the command
line is wrong, 3 the run failed or messages were lost, 4 it was stopped and
something was left.`

const runExamples = `  opencore run                              the one program in this folder
  opencore run quakes.actors least=4.5      with a parameter of graph main
  opencore run quakes.plan.json
  opencore run --log json 2>run.log`

func (c *command) runVerb() *cobra.Command {
	opts := &interp.Options{}
	var force bool
	cmd := &cobra.Command{
		Use:               "run [FILE] [name=value...]",
		Short:             "run a program, or a plan",
		Long:              runHelp,
		Example:           runExamples,
		ValidArgsFunction: completeRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), opts, force, args)
		},
	}
	c.jsonFlag(cmd)
	opts.AddFlags(cmd.Flags())
	cmd.Flags().BoolVar(&force, "force", false, "run it whatever is proved of it: such errors are warnings")
	completeFlags(cmd)
	return cmd
}

func (c *command) run(ctx context.Context, opts *interp.Options, force bool, args []string) error {
	name, params, err := splitParams(args)
	if err != nil {
		return err
	}
	if zmq.Version() == "" {
		return failure{zmq.ErrUnavailable}
	}
	if strings.HasSuffix(name, planExtension) {
		if force {
			return errors.New("--force is for a program: a plan has been checked when it was compiled")
		}
		return c.runPlan(name, opts, params)
	}
	load := lang.LoadToShow
	if force {
		load = lang.LoadForced
	}
	src, err := c.runnable(load, name)
	if err != nil {
		return err
	}
	p := plan.Build(src.program)
	data := plan.Encode(p)
	if !p.Handlers {
		return c.start(data, opts, params)
	}
	building := c.sayBuilding
	if opts.JSON() {
		building = c.logBuilding
	}
	binary, err := c.binary(ctx, src, building)
	if err != nil {
		return err
	}
	return failure{interp.Exec(binary, data, append(opts.Args(), params...))}
}

// splitParams tells the file from the parameters of main behind it.
func splitParams(args []string) (file string, params []string, err error) {
	file = "."
	if len(args) > 0 && (!strings.Contains(args[0], "=") || isFile(args[0])) {
		file, args = args[0], args[1:]
	}
	for _, arg := range args {
		if !strings.Contains(arg, "=") {
			return "", nil, fmt.Errorf("%q is no parameter: run takes one file, then name=value", arg)
		}
	}
	return file, args, nil
}

// runPlan runs a compiled plan of standard actors.
func (c *command) runPlan(file string, opts *interp.Options, params []string) error {
	p, data, err := readPlan(file)
	if err != nil {
		return err
	}
	if p.Handlers {
		return fmt.Errorf("%s has handlers in Go: run the binary that \"opencore compile\" wrote beside it, %s", file, filepath.Join(filepath.Dir(file), p.Program))
	}
	return c.start(data, opts, params)
}

// readPlan reads a compiled plan.
func readPlan(file string) (*spec.Plan, []byte, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no file %q", file)
	}
	if err != nil {
		return nil, nil, failure{err}
	}
	p, err := plan.Decode(data)
	if err != nil {
		return nil, nil, failure{fmt.Errorf("%s: %w", file, err)}
	}
	return p, data, nil
}

// start runs a plan of standard actors in this process and its copies.
func (c *command) start(data []byte, opts *interp.Options, params []string) error {
	app := c.app()
	app.Plan = data
	return status(interp.Run(app, opts, params))
}

// app is this executable as something that can run plans of standard actors.
func (c *command) app() interp.App {
	return interp.App{Stdin: c.in, Stdout: c.out, Stderr: c.err, Actors: stdlib.Actors()}
}

// completeRun offers a file, then the parameters of the program's graph main.
func completeRun(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completePrograms(cmd, args, begun)
	}
	src, err := load(args[0])
	if err != nil || src.program == nil || src.program.Graph == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, p := range src.program.Graph.Params {
		names = append(names, p.Name+"=")
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// binary builds what runs a program with handlers in Go, or finds it built.
// building is called before a build, which takes its time.
func (c *command) binary(ctx context.Context, src *source, building func(file string)) (string, error) {
	path, err := build.Binary(ctx, src.program, build.Options{Building: func() { building(src.file) }})
	if broken, ok := errors.AsType[*build.GoError](err); ok {
		return "", c.broken(src, broken)
	}
	if err != nil {
		return "", failure{err}
	}
	return path, nil
}

// broken says what the Go compiler finds wrong as other findings are said.
func (c *command) broken(src *source, found *build.GoError) error {
	err := error(nil)
	if c.json {
		err = diag.JSON(c.out, found.Diagnostics)
	} else {
		err = c.render(&source{file: src.file, texts: src.texts, findings: found.Diagnostics})
	}
	if err != nil {
		return failure{err}
	}
	return status(statusFindings)
}

// sayBuilding tells why nothing runs yet.
func (c *command) sayBuilding(file string) {
	fmt.Fprintf(c.err, "building the handlers of %s; the first time takes some 15 s\n", file)
}

// logBuilding is sayBuilding where stderr holds JSON.
func (c *command) logBuilding(file string) {
	slog.New(slog.NewJSONHandler(c.err, nil)).Info("building", "program", file)
}
