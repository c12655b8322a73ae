package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A goEnv is what the go command says of its environment.
type goEnv struct {
	GOWORK     string // path of go.work; "" or "off" if there is none
	GOMODCACHE string
	GOROOT     string
	GOENV      string // the user's settings
}

func (b *builder) environment(ctx context.Context) (*goEnv, error) {
	out, err := b.goCommand(ctx, "env", "-json", "GOWORK", "GOMODCACHE", "GOROOT", "GOENV")
	if err != nil {
		return nil, b.explain(out, err)
	}
	env := &goEnv{}
	if err := json.Unmarshal(out, env); err != nil {
		return nil, fmt.Errorf("reading what \"go env\" says: %w", err)
	}
	if env.GOWORK == "off" {
		env.GOWORK = ""
	}
	if env.GOWORK != "" && !b.inWorkspace(ctx) {
		env.GOWORK, b.alone = "", true
	}
	return env, nil
}

// inWorkspace reports whether the workspace that the program's folder is in
// uses its module. If not, the module is built as if there were none.
func (b *builder) inWorkspace(ctx context.Context) bool {
	out, err := b.goCommand(ctx, "list", "-m")
	return err == nil && slices.Contains(strings.Fields(string(out)), b.module)
}

// flags gives the flags that let a build find this module: none where the
// program is part of it or of a workspace, which must know it; else those for a go.mod of
// our own, the user's with what we need. Theirs stay untouched.
func (b *builder) flags(ctx context.Context, env *goEnv) ([]string, error) {
	if b.module == modulePath || env.GOWORK != "" {
		return nil, nil
	}
	if b.origin.version == "latest" {
		return nil, fmt.Errorf("this opencore can't tell which version of %s it is, so it can't build handlers; install it with \"go install %s/cmd/opencore@latest\"", modulePath, modulePath)
	}
	file := filepath.Join(b.out, "build.mod")
	text, err := os.ReadFile(filepath.Join(b.root, "go.mod"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, text, 0o666); err != nil {
		return nil, err
	}
	if err := b.writeSums(filepath.Join(b.out, "build.sum")); err != nil {
		return nil, err
	}
	edit := []string{"mod", "edit", "-require=" + modulePath + "@" + b.origin.version}
	if b.origin.dir != "" {
		edit = append(edit, "-dropreplace="+modulePath, "-replace="+modulePath+"="+b.origin.dir)
	}
	if out, err := b.goCommand(ctx, append(edit, file)...); err != nil {
		return nil, b.explain(out, err)
	}
	return []string{"-modfile=" + file, "-mod=mod"}, nil
}

// writeSums writes the sums of the user's modules and, where our source is at
// hand, of ours: so nothing need be fetched to know them.
func (b *builder) writeSums(file string) error {
	sums, err := os.ReadFile(filepath.Join(b.root, "go.sum"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if b.origin.dir != "" {
		own, err := os.ReadFile(filepath.Join(b.origin.dir, "go.sum"))
		if err != nil {
			return err
		}
		sums = append(append(sums, '\n'), own...)
	}
	return os.WriteFile(file, sums, 0o666)
}
