package display

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/ilpomo/opencore/internal/printable"
)

// Problem shows an error that kept a run from starting: each of its lines is
// one. As JSON it is an object with level and msg.
func Problem(w io.Writer, err error, o Options) {
	for _, line := range strings.Split(err.Error(), "\n") {
		if o.JSON {
			_ = json.NewEncoder(w).Encode(map[string]string{"level": "ERROR", "msg": line})
			continue
		}
		t := &text{w: w, color: o.Color}
		t.print(t.paint(red, "error") + ": " + printable.Text(line))
	}
}
