package stdlib

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/actor"
)

// nowhere takes messages and does nothing.
type nowhere struct{ bytes int }

func (n *nowhere) Begin() {}
func (n *nowhere) Send(_ context.Context, m actor.Outgoing) error {
	n.bytes += len(m.Raw())
	return nil
}

// forgetful is the progress of a source that nobody looks at.
type forgetful struct{}

func (forgetful) Place() uint64    { return 0 }
func (forgetful) Sent(uint64)      {}
func (forgetful) Size(_, _ uint64) {}

// benchmarkRun runs a source that sends b.N messages.
func benchmarkRun(b *testing.B, name string, m *schema.Message, params map[string]any) {
	taken := &nowhere{}
	setup := &actor.Setup{
		Params: params, Messages: map[string]any{"T": m}, Source: forgetful{}, Replicas: 1,
		Outs:   map[string]actor.Sender{"messages": taken, "lines": taken},
		Reject: func(_ context.Context, _, where string, reason error, _ []byte) { b.Fatal(where, reason) },
	}
	instance, err := Actors()[name](setup)
	if err != nil {
		b.Fatal(err)
	}
	if s, ok := instance.Handler.(actor.Starter); ok {
		if err := s.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := instance.Handler.(actor.Runner).Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(taken.bytes / b.N))
}

func BenchmarkMessages(b *testing.B) {
	m := &schema.Message{Name: "Small", Fields: []schema.Field{{Name: "n", Type: number}, {Name: "text", Type: str}}}
	benchmarkRun(b, "gen.Messages", m, map[string]any{"count": int64(b.N), "rate": 0.0, "size": int64(64)})
}

func BenchmarkLines(b *testing.B) {
	for name, line := range map[string]string{
		"ndjson": `{"id": 123456, "name": "50km NNW of Bitung, Indonesia", "price": 5.3}`,
		"csv":    `123456,"50km NNW of Bitung, Indonesia",5.3`,
	} {
		b.Run(name, func(b *testing.B) {
			var text bytes.Buffer
			if name == "csv" {
				text.WriteString("id,name,price\n")
			}
			for range b.N {
				fmt.Fprintln(&text, line)
			}
			b.Chdir(b.TempDir())
			write(b, "x."+name, text.String())
			benchmarkRun(b, "file.Lines", item, map[string]any{"path": "x." + name, "format": "auto", "follow": false, "max_line": int64(1 << 20)})
		})
	}
}
