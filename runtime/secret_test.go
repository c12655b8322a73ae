package runtime

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/spec"
)

func TestSecretsAreNotSaid(t *testing.T) {
	var out bytes.Buffer
	u := newUpward(&out)
	u.hide("PASS", "hush")
	u.hide("EMPTY", "")
	u.hide("QUOTED", `a"b`)
	u.log(&spec.Log{Time: time.Unix(0, 0), Level: "INFO", Message: "hush is in", Attrs: map[string]any{
		"text": `a"b`, "list": []any{"hush", 3}, "map": map[string]any{"deep": "x hush y"}, "err": errors.New("no hush"), "n": 7,
	}})
	u.tell(spec.Up{Failed: &spec.Failed{Reason: "can't open hush", Stack: "hush()"}})
	u.close(time.Second)
	said := out.String()
	if strings.Contains(said, "hush") || strings.Contains(said, `a\"b`) {
		t.Errorf("it said %s", said)
	}
	for _, want := range []string{`can't open (secret PASS)`, `"text":"(secret QUOTED)"`, `"deep":"x (secret PASS) y"`, `"err":"no (secret PASS)"`, `"n":7`} {
		if !strings.Contains(said, want) {
			t.Errorf("it said %s, without %s", said, want)
		}
	}
}
