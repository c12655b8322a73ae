package supervise

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ilpomo/opencore/runtime/spec"
)

// hint helps where a parameter names a file that isn't in the working
// directory but beside the .actors file, which is where people look for it. It
// is "" where that is not so, or where the reason of the failure doesn't speak
// of that file: then something else is wrong with the parameter.
func (r *run) hint(p *spec.Process, param, reason string) string {
	for _, arg := range p.Args {
		if arg.Name != param {
			continue
		}
		name, ok := r.text(arg.Value)
		beside := filepath.Join(filepath.Dir(filepath.FromSlash(r.plan.File)), name)
		blamed := ok && name != "" && strings.Contains(reason, name)
		if blamed && !filepath.IsAbs(name) && !exists(name) && exists(beside) {
			return fmt.Sprintf("there is %s, but paths are relative to the working directory", beside)
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
