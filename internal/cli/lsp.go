package cli

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ilpomo/opencore/internal/lsp"
	"github.com/ilpomo/opencore/stdlib"
)

const lspHelp = `Lsp is the language server that editors start: it speaks the Language Server
Protocol on stdin and stdout, and logs to stderr. docs/editors.md says how to
set an editor up. It needs neither a Go toolchain nor libzmq.`

func (c *command) lspVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "the language server, for editors",
		Long:  lspHelp,
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := lsp.Serve(cmd.Context(), c.in, c.out, lsp.Options{
				Standard: stdlib.Sources, Cache: libraryFolder(), Version: ownVersion(),
				Log: slog.New(slog.NewTextHandler(c.err, nil)),
			})
			if errors.Is(err, lsp.ErrNoShutdown) {
				return status(statusFindings) // as the protocol asks
			}
			if err != nil {
				return failure{err}
			}
			return nil
		},
	}
}

// libraryFolder is where the standard library's sources are laid down to be
// read; "" if there is no such place.
func libraryFolder() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "opencore", "stdlib")
}
