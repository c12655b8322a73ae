package build

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

// sampleMessages has every shape of type, alone and within others.
const sampleMessages = `
Empty:
Point: x float; y float
Place: name string; at Point?
Quake: id string; mag float; place string; at time; net string; depth float; felt int?; alert enum Alert(green, yellow, orange, red)?
All: s string; b bool; i int; f float; raw bytes; t time; d duration; x any; kind enum(small, large); p Point; place Place; empty Empty
Maybe: s string?; b bool?; i int?; f float?; raw bytes?; t time?; d duration?; x any?; kind enum(small, large)?; p Point?; place Place?; l [int]?; m {string: int}?
Lists: s [string]; b [bool]; i [int]; kinds [enum Alert(green, yellow, orange, red)]; t [time]; os [string?]; oi [int?]; ok [enum(a, b)?]; p [Point]; places [Place?]; x [any]; xs [any?]; nested [[string]]; deep [[[int?]?]?]; raw [bytes]
Maps: s {string: string}; i {string: int}; oi {string: int?}; p {string: Place}; op {string: Place?}; l {string: [string?]}; m {string: {string: bool}}; x {string: any}; lm [{string: string}]
Tree: name string; left Tree?; kids [Tree]; more {string: Tree?}
`

func TestGenerateGolden(t *testing.T) {
	p := programOf(t, "sample.actors", sampleMessages)
	p.Messages[3].Doc = "A Quake was felt\nor measured."
	p.Messages[3].Fields[1].Doc = "Mag is the magnitude."
	compareGolden(t, filepath.Join("testdata", "sample", "sample.actors.go"), generate(p, "sample", func(string) bool { return false }))
}

// compareGolden compares text with a file, or writes it with -update.
func compareGolden(t *testing.T, file string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s is not what is generated now; see what has changed with go test -update", file)
	}
}
