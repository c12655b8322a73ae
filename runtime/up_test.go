package runtime

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

// Logging more than anybody reads neither waits nor grows, loses nothing else,
// and says that something is missing.
func TestLogFlood(t *testing.T) {
	r, w := io.Pipe()
	u := newUpward(w)
	log := slog.New(&logHandler{up: u})
	text := strings.Repeat("x", 1000)
	const records = 5000
	for range records {
		log.Info(text)
	}
	u.tell(spec.Up{Ready: true})
	u.mu.Lock()
	waiting := u.logs
	u.mu.Unlock()
	if waiting > maxLogQueue {
		t.Errorf("%d bytes wait", waiting)
	}
	go func() {
		u.close(patient)
		w.Close()
	}()
	logged, dropped, ready := 0, 0, false
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var m spec.Up
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Ready:
			ready = true
		case m.Log.Attrs["dropped"] != nil:
			dropped += int(m.Log.Attrs["dropped"].(float64))
		default:
			logged++
		}
	}
	if !ready || dropped == 0 || logged+dropped != records {
		t.Errorf("ready %v, %d logged and %d dropped of %d", ready, logged, dropped, records)
	}
}

// When nobody reads any more, the process ends nevertheless.
func TestNobodyReads(t *testing.T) {
	r, w := io.Pipe()
	u := newUpward(w)
	u.tell(spec.Up{Ready: true})
	start := time.Now()
	u.close(20 * time.Millisecond)
	if took := time.Since(start); took > patient {
		t.Errorf("it took %v", took)
	}
	r.Close()
	<-u.done
}

type secret struct{}

func (secret) LogValue() slog.Value { return slog.StringValue("***") }

func TestLogAttrs(t *testing.T) {
	r, w := io.Pipe()
	u := newUpward(w)
	log := slog.New(&logHandler{up: u}).With("who", "me").WithGroup("g").With("a", 1)
	log.Warn("hello", "took", time.Second, "err", errors.New("bad"), "key", secret{}, "odd", make(chan int),
		slog.Group("deep", "b", []byte("raw")), "long", strings.Repeat("x", 2*maxLogText))
	go func() {
		u.close(patient)
		w.Close()
	}()
	var m spec.Up
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		t.Fatal(err)
	}
	l := m.Log
	if l.Level != "WARN" || l.Message != "hello" || l.Attrs["who"] != "me" {
		t.Errorf("%+v", l)
	}
	text, err := json.Marshal(l.Attrs)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"a":1`, `"took":"1s"`, `"err":"bad"`, `"key":"***"`, `"b":"raw"`, `"odd":"0x`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %.300s", want, text)
		}
	}
	if len(text) > maxLogText+1000 {
		t.Errorf("%d bytes", len(text))
	}
}
