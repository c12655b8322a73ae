package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const completionHelp = `Completion prints a script that lets a shell complete verbs, flags, files,
codes and the parameters of a program. That for bash needs its package
bash-completion.`

const completionExamples = `  source <(opencore completion bash)                        for this session
  opencore completion bash >/etc/bash_completion.d/opencore
  opencore completion zsh >"${fpath[1]}/_opencore"
  opencore completion fish >~/.config/fish/completions/opencore.fish`

func (c *command) completionVerb() *cobra.Command {
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "print a script that completes words in a shell",
		Long:      completionHelp,
		Example:   completionExamples,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("completion needs a shell: %s", strings.Join(shells, ", "))
			}
			return script(cmd.Root(), args[0], c.out)
		},
	}
}

var shells = []string{"bash", "fish", "powershell", "zsh"}

// script writes the script for a shell.
func script(root *cobra.Command, shell string, w io.Writer) error {
	const describe = true
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, describe)
	case "fish":
		return root.GenFishCompletion(w, describe)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(w)
	case "zsh":
		return root.GenZshCompletion(w)
	default:
		return fmt.Errorf("there is no script for the shell %q%s", shell, didYouMean(shell, shells, "; there are "+strings.Join(shells, ", ")))
	}
}

// completeFlags offers the words of flags that take one of a few to the shell.
func completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		choice, ok := f.Value.(interface{ Words() []string })
		if !ok {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(choice.Words(), cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic("bug: " + err.Error())
		}
	})
}
