package message

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

var row = &schema.Message{Name: "Row", Fields: []schema.Field{
	{Name: "id", Type: kind(schema.String), As: "the id"},
	{Name: "n", Type: kind(schema.Int)},
	{Name: "f", Type: optional(kind(schema.Float))},
	{Name: "ok", Type: kind(schema.Bool), Default: "true"},
	{Name: "took", Type: optional(kind(schema.Duration)), Default: "5"},
	{Name: "tags", Type: list(kind(schema.String)), Default: "[]"},
	{Name: "data", Type: kind(schema.Bytes), Default: `"aGk="`},
}}

// table reads CSV as the messages in it, in JSON; errors stand in their place.
func table(t *testing.T, m *schema.Message, text string) []string {
	t.Helper()
	r, w := NewCSVReader(m), NewJSONWriter(m)
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord = -1
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Header(all[0]); err != nil {
		return []string{err.Error()}
	}
	var list []string
	for _, cells := range all[1:] {
		payload, err := r.Append(nil, cells)
		if err != nil {
			list = append(list, err.Error())
			continue
		}
		if err := Validate(m, payload); err != nil {
			t.Fatal(err)
		}
		out, err := w.Append(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(out))
	}
	return list
}

func TestCSV(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"the id, n ,f,ok,took,tags,data,unknown\nx,1,2.5,False,1.5s,\"[\"\"a\"\"]\",eA==,?", `{"the id":"x","n":1,"f":2.5,"ok":false,"took":1500000000,"tags":["a"],"data":"eA=="}`},
		{"n,the id\n 2 ,\" x\ny\"", `{"the id":" x\ny","n":2,"f":null,"ok":true,"took":5,"tags":[],"data":"aGk="}`},
		{"n,the id,f,ok,took,tags,data\n2,,,,,,", `{"the id":"","n":2,"f":null,"ok":true,"took":null,"tags":[],"data":"aGk="}`},
		{"n,the id\n1.0,x", `{"the id":"x","n":1,"f":null,"ok":true,"took":5,"tags":[],"data":"aGk="}`},
		{"n,the id,f\n1,x,NaN", `{"the id":"x","n":1,"f":"NaN","ok":true,"took":5,"tags":[],"data":"aGk="}`},
		{"n,the id\n,x", `field "n" is empty, and must not be`},
		{"n,the id\n1", `the row has 1 cell, the header has 2`},
		{"n,the id\n1,2,3", `the row has 3 cells, the header has 2`},
		{"n,the id\nx,y", `field "n": "x" is not an int`},
		{"n,the id,ok\n1,y,maybe", `field "ok": "maybe" is not a bool`},
		{"n,the id,took\n1,y,soon", `field "took": "soon" is not a duration (nanoseconds, or text like "1.5s")`},
		{"n,the id,tags\n1,y,a;b", `field "tags": not valid JSON at byte 1: invalid character 'a' looking for beginning of value`},
		{"n,the id,tags\n1,y,[1]", `field "tags[0]": 1 is not a string`},
		{"n,the id\n1,\xff", `field "the id": not valid UTF-8`},
		{"n,id\n1,2", `no column is called "the id", which Row needs; there are "n", "id"`},
		{"n;the id;f\n1;2;3", `no column is called "the id", which Row needs; there is one, "n;the id;f": cells are separated by commas`},
		{"a,b,c,d,e,f,g,h,i,j,k,l,m,o\n", `no column is called "the id", which Row needs; there are "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", … 2 more`},
		{"n,the id,n\n1,2,3", `two columns are called "n"`},
	} {
		if got := table(t, row, c.in); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%q:\n  %q\nwant\n  %q", c.in, got, c.want)
		}
	}
}

func TestCSVWriter(t *testing.T) {
	w := NewCSVWriter(row)
	payload, err := NewJSONReader(row).Append(nil, []byte(`{"the id":"a \"b\", c","n":-1,"f":1e21,"took":null,"tags":["x,y"]}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.Append(w.AppendHeader(nil), payload)
	want := "the id,n,f,ok,took,tags,data\n\"a \"\"b\"\", c\",-1,1e+21,true,,\"[\"\"x,y\"\"]\",aGk=\n"
	if err != nil || string(out) != want {
		t.Errorf("%q, want %q (%v)", out, want, err)
	}
	if out, err := w.Append([]byte("dst"), payload[:5]); err == nil || string(out) != "dst" {
		t.Errorf("a payload cut short is written as %q", out)
	}
}

// Only an empty string where null or a default is there, and "\r\n", which
// encoding/csv reads as "\n", don't come back.
func TestRandomRowsComeBack(t *testing.T) {
	for seed := range uint64(400) {
		r := &randomSource{Rand: rand.New(rand.NewPCG(seed, 13)), solid: true}
		m := r.message(2)
		if len(m.Fields) == 0 {
			continue
		}
		_, in := r.object(m, 2)
		reader, writer := NewJSONReader(m), NewCSVWriter(m)
		payload, err := reader.Append(nil, []byte(in))
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, in, err)
		}
		text, err := writer.Append(writer.AppendHeader(nil), payload)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, in, err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("seed %d: %q: %d rows, %v", seed, text, len(rows), err)
		}
		back := NewCSVReader(m)
		if err := back.Header(rows[0]); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := back.Append(nil, rows[1])
		if err != nil || !bytes.Equal(again, payload) {
			t.Fatalf("seed %d: %s\n  %q comes back as %x, was %x (%v)", seed, in, text, again, payload, err)
		}
	}
}
