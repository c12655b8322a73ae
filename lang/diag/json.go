package diag

import (
	"encoding/json"
	"io"
)

// JSON writes a list as one JSON array, one object for each finding; [] if
// there is none. It leaves nothing out, for programs read it. The error is that
// of w.
func JSON(w io.Writer, list List) error {
	if list == nil {
		list = List{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}
