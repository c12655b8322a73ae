package stdlib

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/runtime/message"
)

// FuzzRows compares rows with encoding/csv on whole tables: what that takes
// as a table gives the same messages, row by row; whatever it is, reading
// comes to its end, and where it is only goes forward.
func FuzzRows(f *testing.F) {
	f.Add("id,name\n1,a\n\n2,\"b\nc\"\r\n", 100)
	f.Add("\ufeffid,name\n1,\"a\n2,b\n3,\"\"\n", 20)
	f.Add("id,name\n1,a\"\n\"\"\"\",\n", 1)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 1 + most&0xff
		lines := newLineReader(strings.NewReader(text), most)
		d := &rows{lines: lines, message: message.NewCSVReader(item)}
		var got []string
		malformedRows, place := 0, uint64(0)
		for {
			payload, err := d.next(nil)
			var m *malformed
			if d.place() < place || d.place() > uint64(len(text)) {
				t.Fatalf("from place %d to %d of %d", place, d.place(), len(text))
			}
			place = d.place()
			if errors.As(err, &m) {
				if malformedRows++; malformedRows > len(text) {
					t.Fatal("more rows than bytes")
				}
				continue
			}
			if err != nil {
				if err != io.EOF && !errors.As(err, new(headerError)) {
					t.Fatal(err)
				}
				break
			}
			got = append(got, string(payload))
		}
		if want, ok := tableMessages(text, most); ok && !slices.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}

// tableMessages reads a table at once; ok is false where it is none, or where
// encoding/csv means something else by it: it takes spaces as a row, and a
// byte order mark and bare carriage returns as part of the data.
func tableMessages(text string, most int) (payloads []string, ok bool) {
	text = strings.TrimPrefix(text, "\ufeff")
	table := csv.NewReader(strings.NewReader(text))
	table.FieldsPerRecord = -1
	all, err := table.ReadAll()
	if err != nil || len(all) == 0 || len(text) > most || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		return nil, false
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && strings.Trim(line, " \t") == "" {
			return nil, false
		}
	}
	r := message.NewCSVReader(item)
	if r.Header(all[0]) != nil {
		return nil, true
	}
	for _, cells := range all[1:] {
		if payload, err := r.Append(nil, cells); err == nil {
			payloads = append(payloads, string(payload))
		}
	}
	return payloads, true
}
