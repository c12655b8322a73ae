package conformance

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A kind of peer.
type kind string

const (
	pyzmq kind = "pyzmq"
	inC   kind = "C"
)

// A peer is a foreign socket.
type peer struct {
	*process
	endpoint string // that it is bound to
}

// meet starts a peer and waits until it is bound, or has begun to connect.
func meet(t *testing.T, k kind, pattern, how, endpoint string, options ...string) *peer {
	t.Helper()
	args := append([]string{pattern, how, endpoint}, options...)
	var cmd *exec.Cmd
	switch k {
	case pyzmq:
		cmd = exec.Command(python(t), append([]string{filepath.Join("peers", "peer.py")}, args...)...)
	case inC:
		cmd = exec.Command(must(t, cPeerOnce), args...)
	}
	cmd.Env = append(os.Environ(), "PGM_MIN_LOG_LEVEL=FATAL") // else OpenPGM prints what it thinks of loopback devices
	p := &peer{process: launch(t, fmt.Sprintf("the peer (%s, %s)", pattern, k), cmd)}
	at, ok := strings.CutPrefix(p.next(), "at ")
	if !ok {
		t.Fatalf("%s does not say where it is", p.name)
	}
	p.endpoint = at
	return p
}

// send has the peer send a message.
func (p *peer) send(frames ...string) {
	p.t.Helper()
	words := []string{"send"}
	for _, f := range frames {
		words = append(words, word(f))
	}
	p.say(strings.Join(words, " "))
}

// word writes a frame as peers read it.
func word(frame string) string {
	if frame == "" {
		return "-"
	}
	return hex.EncodeToString([]byte(frame))
}

// got waits for a message.
func (p *peer) got() []string {
	p.t.Helper()
	return p.parse(p.next())
}

func (p *peer) parse(line string) []string {
	p.t.Helper()
	words := strings.Split(line, " ")
	if words[0] != "got" {
		p.t.Fatalf("%s says %q", p.name, line)
	}
	frames := make([]string, len(words)-1)
	for i, w := range words[1:] {
		if w == "-" {
			continue
		}
		frame, err := hex.DecodeString(w)
		if err != nil {
			p.t.Fatalf("%s says %q", p.name, line)
		}
		frames[i] = string(frame)
	}
	return frames
}

// leave lets the peer end well.
func (p *peer) leave() {
	p.t.Helper()
	p.close()
	if status := p.wait(); status != 0 {
		p.t.Errorf("%s: status %d:\n%s", p.name, status, p.stderr.String())
	}
}
