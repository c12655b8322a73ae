package spec

import (
	"encoding/json"
	"testing"
	"time"
)

func TestCounterWords(t *testing.T) {
	p := &Process{
		Outs: []Out{{Wires: make([]OutWire, 2)}, {Wires: make([]OutWire, 1)}},
		Ins:  []In{{Wires: make([]InWire, 3)}},
	}
	seen := map[int]bool{}
	claim := func(first, n int) {
		for w := first; w < first+n; w++ {
			if w < headWords || w >= p.CounterWords() || seen[w] {
				t.Errorf("word %d has two owners or lies outside %d words", w, p.CounterWords())
			}
			seen[w] = true
		}
	}
	for out := range p.Outs {
		for w := range p.Outs[out].Wires {
			claim(p.OutWord(out, w), outWords)
		}
	}
	for in := range p.Ins {
		for w := range p.Ins[in].Wires {
			claim(p.InWord(in, w), inWords)
		}
	}
	if len(seen)+headWords != p.CounterWords() {
		t.Errorf("%d of %d words have an owner", len(seen)+headWords, p.CounterWords())
	}
}

func TestDurationJSON(t *testing.T) {
	data, err := json.Marshal(Duration(1500 * time.Millisecond))
	if err != nil || string(data) != `"1.5s"` {
		t.Fatalf("%s, %v", data, err)
	}
	var d Duration
	if err := json.Unmarshal(data, &d); err != nil || d != Duration(1500*time.Millisecond) {
		t.Errorf("%v, %v", d, err)
	}
	if err := json.Unmarshal([]byte(`"soon"`), &d); err == nil {
		t.Error(`"soon" is read as a duration`)
	}
}

func TestDurationString(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Minute: "1m", time.Hour: "1h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s", 250 * time.Millisecond: "250ms", time.Hour + time.Second: "1h0m1s",
	} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestTitle(t *testing.T) {
	for want, p := range map[string]*Process{
		"tally":   {Instance: "tally", Replicas: 1},
		"tally.2": {Instance: "tally", Replica: 1, Replicas: 3},
	} {
		if got := p.Title(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
