package message

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzJSON reads lines: what is read is valid, means the same when it is
// written and read again, and is JSON to the standard library too.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		allJSON, `{}`, `[`, `{"b":false,"l":[null],"m":{"":0},"a":"x","d":["1.5s"],"y":""}`, `{"b":true,"l":[],"m":{"a":1,"\u0061":2},"a":{"a":1,"a":2},"d":[],"y":"","zz":[[{}]]}`,
		"\xef\xbb\xbf{}", `{"s":"\ud800","b":1e5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		payload, err := NewJSONReader(all).Append(nil, line)
		if err != nil {
			if len(payload) > 0 || err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q: error %q, payload %x", line, err, payload)
			}
			return
		}
		if !json.Valid(line) {
			t.Fatalf("%q is read, and is not JSON", line)
		}
		if err := Validate(all, payload); err != nil {
			t.Fatalf("%q is read as %x: %v", line, payload, err)
		}
		out, err := NewJSONWriter(all).Append(nil, payload)
		if err != nil || !json.Valid(out) {
			t.Fatalf("%q is written as %q (%v)", line, out, err)
		}
		if again := dense(t, all, string(out)); !bytes.Equal(again, payload) {
			t.Fatalf("%q: %x comes back as %x", line, payload, again)
		}
	})
}

// FuzzCSV reads tables: what is read is valid and comes back when written.
func FuzzCSV(f *testing.F) {
	f.Add("the id,n\nx,1\n")
	f.Add("the id,n,f,ok,took,tags,data\n\"a\n\"\"b\",-1.0,NaN,T,1.5s,\"[\"\"a\"\"]\",eA==\n,2,,,,,\n")
	f.Add("n,the id,n\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := csv.NewReader(bytes.NewReader([]byte(text))).ReadAll()
		if err != nil || len(rows) == 0 {
			return
		}
		r, w := NewCSVReader(row), NewCSVWriter(row)
		if r.Header(rows[0]) != nil {
			return
		}
		for _, cells := range rows[1:] {
			payload, err := r.Append(nil, cells)
			if err != nil {
				continue
			}
			if err := Validate(row, payload); err != nil {
				t.Fatalf("%q is read as %x: %v", cells, payload, err)
			}
			once := rewritten(t, w, payload)
			if twice := rewritten(t, w, once); !bytes.Equal(once, twice) {
				t.Fatalf("%q: %x comes back as %x", cells, once, twice)
			}
		}
	})
}

// rewritten writes a payload as a table and reads it again.
func rewritten(t *testing.T, w *CSVWriter, payload []byte) []byte {
	t.Helper()
	text, err := w.Append(w.AppendHeader(nil), payload)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%q: %d rows, %v", text, len(rows), err)
	}
	r := NewCSVReader(row)
	if err := r.Header(rows[0]); err != nil {
		t.Fatal(err)
	}
	again, err := r.Append(nil, rows[1])
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return again
}
