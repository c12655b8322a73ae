package lane

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Has agrees with trying every prefix, also behind the frame.
func TestTopicsHas(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, random.IntN(4))
		for i := range b {
			b[i] = "ab\x00\xff"[random.IntN(4)]
		}
		return string(b)
	}
	for range 5000 {
		var prefixes []string
		for range random.IntN(5) {
			prefixes = append(prefixes, word())
		}
		frame := NewTopics(prefixes).append(nil, 5)
		h, _, body, err := parseFrame(frame)
		if err != nil || h.kind != kindTopics || h.lane != 5 {
			t.Fatalf("%+v, %v", h, err)
		}
		topics, err := parseTopics(h, body)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			topic, want := word(), len(prefixes) == 0
			for _, p := range prefixes {
				want = want || strings.HasPrefix(topic, p)
			}
			if got := topics.Has(topic); got != want {
				t.Fatalf("%q has %q: %v", prefixes, topic, got)
			}
		}
	}
}

func FuzzTopics(f *testing.F) {
	f.Add(NewTopics([]string{"a", "bc"}).append(nil, 5))
	f.Add(NewTopics(nil).append(nil, 5))
	f.Fuzz(func(t *testing.T, frame []byte) {
		h, _, body, err := parseFrame(frame)
		if err != nil {
			return
		}
		if topics, err := parseTopics(h, body); err == nil {
			topics.Has("order")
		}
	})
}
