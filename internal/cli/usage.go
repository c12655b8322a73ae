package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ilpomo/opencore/lang/diag"
)

// helpTemplate is how cobra prints the help of a verb and of the whole.
const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} VERB{{else}}{{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}

Verbs:{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

"{{.CommandPath}} help VERB" says more about one of them.{{end}}
`

// helpVerb is "opencore help VERB".
func helpVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "say more about a verb",
		Long:  "Help says what a verb does, with its flags and examples.",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return verbs(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownVerb(cmd.Root(), args[len(args)-max(len(rest), 1)])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// atMost lets a verb have so many arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return fmt.Errorf("%s takes %s, and %q is one too many; see %s", cmd.Name(), arguments(n), args[n], helpOn(cmd))
	}
}

func arguments(n int) string {
	if n == 0 {
		return "no arguments"
	}
	return "at most " + count(n, "argument")
}

func verbs(root *cobra.Command) []string {
	var names []string
	for _, verb := range root.Commands() {
		if verb.IsAvailableCommand() || verb.Name() == "help" {
			names = append(names, verb.Name())
		}
	}
	return names
}

// unknownVerb says that there is no such verb, and what may have been meant.
func unknownVerb(root *cobra.Command, name string) error {
	if strings.HasSuffix(name, ".actors") || isFile(name) {
		return fmt.Errorf("%q is no verb; to run it: opencore run %s", name, name)
	}
	return fmt.Errorf("there is no verb %q%s", name, didYouMean(name, verbs(root), `; "opencore help" lists them`))
}

// unknownFlag puts what pflag says about flags into our words.
func unknownFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.Is(err, pflag.ErrHelp) || !errors.As(err, &unknown) {
		return fmt.Errorf("%w; see opencore help %s", err, cmd.Name())
	}
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, "--"+f.Name) })
	name := "--" + unknown.GetSpecifiedName()
	if unknown.GetSpecifiedShortnames() != "" {
		name = "-" + unknown.GetSpecifiedName()
	}
	return fmt.Errorf("%s has no flag %s%s", cmd.Name(), name, didYouMean(name, flags, "; see "+helpOn(cmd)))
}

func helpOn(cmd *cobra.Command) string {
	return strings.Replace(cmd.CommandPath(), "opencore", "opencore help", 1)
}

// didYouMean suggests the candidate nearest to word; if none is near it says
// otherwise.
func didYouMean(word string, candidates []string, otherwise string) string {
	if near := diag.DidYouMean(word, candidates); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return otherwise
}
