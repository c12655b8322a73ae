package interp

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ilpomo/opencore/interp/display"
	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/lang/diag"
)

// Options are the flags of a run. [Options.AddFlags] makes valid ones, with
// the defaults.
type Options struct {
	Transport choice        // of native wires: ipc or tcp
	Log       choice        // how the run is shown: text or json
	Drain     time.Duration // how long a stopped run may take to drain
	NoColor   bool
	For       time.Duration // after it the sources are told to stop; 0: when they end
	Analyze   bool          // what was measured is told at the end, and nothing of what actors print
}

// AddFlags defines the flags of a run.
func (o *Options) AddFlags(fs *pflag.FlagSet) {
	o.Transport, o.Log = supervise.IPC, logText
	fs.Var(&oneOf{&o.Transport, []choice{supervise.IPC, supervise.TCP}}, "transport", "what native wires use: ipc or tcp (on the loopback)")
	fs.Var(&oneOf{&o.Log, []choice{logText, logJSON}}, "log", "how the run is shown on stderr: text or json")
	o.Drain = supervise.DrainWithin
	fs.Var((*patience)(&o.Drain), "drain", "how long a stopped run may take to hand on what is on its way")
	fs.Var((*patience)(&o.For), "for", "stop the sources after this time, and drain")
	fs.BoolVar(&o.NoColor, "no-color", false, "no colours, as with NO_COLOR set")
}

// Args gives flags that mean the same as the options.
func (o *Options) Args() []string {
	args := []string{"--transport=" + string(o.Transport), "--log=" + string(o.Log), "--drain=" + o.Drain.String(), "--for=" + o.For.String()}
	if o.NoColor {
		args = append(args, "--no-color")
	}
	if o.Analyze {
		args = append(args, "--"+analyze)
	}
	return args
}

const analyze = "analyze"

// AddAnalyze defines the flag that has a run measured.
func (o *Options) AddAnalyze(fs *pflag.FlagSet) {
	fs.BoolVar(&o.Analyze, analyze, false, "run it, and tell in words what it does with what was measured")
}

// JSON tells whether the run is shown as JSON, an object a line.
func (o *Options) JSON() bool { return o.Log == logJSON }

const (
	logText = "text"
	logJSON = "json"
)

// A choice is one of a few words.
type choice string

// oneOf is a flag that takes one of a few words.
type oneOf struct {
	value *choice
	of    []choice
}

// String, Set and Type implement [pflag.Value].
func (f *oneOf) String() string { return string(*f.value) }

func (f *oneOf) Set(s string) error {
	if !slices.Contains(f.of, choice(s)) {
		return errors.New("it is one of " + strings.Join(f.Words(), ", "))
	}
	*f.value = choice(s)
	return nil
}

// Words gives what the flag may be, for shells that complete.
func (f *oneOf) Words() []string {
	var words []string
	for _, c := range f.of {
		words = append(words, string(c))
	}
	return words
}

func (f *oneOf) Type() string { return "word" }

// patience is a flag that takes a duration of 0 or more.
type patience time.Duration

// String, Set and Type implement [pflag.Value]. "0" is not shown as a default.
func (p *patience) String() string {
	if *p == 0 {
		return "0"
	}
	return time.Duration(*p).String()
}

func (p *patience) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return errors.New("it is a duration of 0 or more, like 30s")
	}
	*p = patience(d)
	return nil
}

func (p *patience) Type() string { return "duration" }

// flagSet makes the flags of a program of its own.
func (o *Options) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.Usage = func() {} // errors and help are printed by whoever parses
	fs.SortFlags = false
	o.AddFlags(fs)
	o.AddAnalyze(fs)
	return fs
}

// withSuggestion adds the flag that was probably meant.
func withSuggestion(err error, fs *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := diag.DidYouMean(name, names); near != "" {
		return fmt.Errorf("there is no flag --%s; did you mean --%s?", name, near)
	}
	return fmt.Errorf("there is no flag --%s; --help lists them", name)
}

// look is how things are shown on w.
func (o *Options) look(w *os.File) display.Options {
	terminal := term.IsTerminal(int(w.Fd())) && os.Getenv("TERM") != "dumb"
	_, noColor := os.LookupEnv("NO_COLOR")
	return display.Options{
		JSON:     o.JSON(),
		Terminal: terminal,
		Color:    terminal && !o.NoColor && !noColor,
	}
}
