package supervise

import (
	"path/filepath"

	"github.com/ilpomo/opencore/runtime/spec"
)

// TryFolder makes the folder of a run of p, as [Run] would, and removes it
// again. It gives the folder that it would be made in; the error says what is
// wrong with that, and the way out.
func TryFolder(transport string, p *spec.Plan) (parent string, err error) {
	f, err := newFolder("", transport, p)
	if err != nil {
		return folderParent(), err
	}
	f.close()
	return filepath.Dir(f.path), nil
}
