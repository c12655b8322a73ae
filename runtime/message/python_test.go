package message

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/testbed"
)

// What we write Python reads, and what it makes of that we read: every byte
// of any message is as it was, in MessagePack and in each protocol of pickle.
func TestMessagesThroughPython(t *testing.T) {
	path := testbed.Python(t)
	type sent struct {
		codec   Codec
		payload []byte
		same    bool // that Python writes what we do
		line    string
	}
	var all []sent
	for seed := range uint64(150) {
		r := &randomSource{Rand: rand.New(rand.NewPCG(seed, 15)), timeless: true}
		m := r.message(3)
		in, _ := r.object(m, 3)
		payload := dense(t, m, in)
		for _, name := range []string{"msgpack", "pickle3", "pickle4", "pickle5"} {
			c := codec(t, strings.TrimRight(name, "345"), m)
			out, err := c.Append(nil, payload)
			must(t, err)
			all = append(all, sent{c, payload, name == "msgpack", name + " " + hex.EncodeToString(out)})
		}
	}
	var input bytes.Buffer
	for _, s := range all {
		fmt.Fprintln(&input, s.line)
	}
	cmd := exec.Command(path, "testdata/again.py")
	cmd.Stdin = &input
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	lines := strings.Fields(string(out))
	if len(lines) != len(all) {
		t.Fatalf("%d answers to %d messages", len(lines), len(all))
	}
	for i, s := range all {
		if _, data, _ := strings.Cut(s.line, " "); s.same && data != lines[i] {
			t.Errorf("Python writes %s, we %s", lines[i], data)
		}
		got, err := s.codec.Parse(nil, unhex(t, lines[i]))
		if err != nil || !bytes.Equal(got, s.payload) {
			t.Errorf("%s comes back as %s: %x, was %x (%v)", s.line, lines[i], got, s.payload, err)
		}
	}
}
