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

func TestTitle(t *testing.T) {
	if got := Title("tally", 0, 1); got != "tally" {
		t.Error(got)
	}
	if got := Title("tally", 1, 3); got != "tally.2" {
		t.Error(got)
	}
}
