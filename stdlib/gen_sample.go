package stdlib

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/runtime/message"
)

// sampleCount is how many messages differ in more than their number, at most:
// all of them together take sampleBytes, or are one.
const (
	sampleCount = 256
	sampleBytes = 1 << 20
)

// sampleMessages makes the encodings of some messages of type m, each size
// bytes long at least. The same type gives the same messages.
func sampleMessages(m *schema.Message, size int) ([][]byte, error) {
	reader := message.NewJSONReader(m)
	samples := make([][]byte, min(sampleCount, max(1, sampleBytes/max(1, size))))
	for i := range samples {
		s := sample{number: i, filled: size > 0}
		fields := s.record(m, 0)
		payload := encodeSample(reader, fields)
		if missing := size - len(payload); missing > 0 {
			if err := s.fill(m, missing); err != nil {
				return nil, err
			}
			payload = encodeSample(reader, fields)
		}
		samples[i] = payload
	}
	return samples, nil
}

func encodeSample(reader *message.JSONReader, fields map[string]any) []byte {
	text, err := json.Marshal(fields)
	if err != nil {
		panic("bug: a sample is no JSON: " + err.Error())
	}
	payload, err := reader.Append(nil, text)
	if err != nil {
		panic("bug: a sample is no message: " + err.Error())
	}
	return payload
}

// A sample is a message in the making, as values that encoding/json takes.
type sample struct {
	number int
	filled bool   // its text is to be filled up, so it must not be null
	texts  []text // the fields that can be
	values int    // made so far, so that fields of one message differ
}

// A text is a string or bytes as a field of a record.
type text struct {
	record map[string]any
	name   string
}

func (s *sample) record(m *schema.Message, depth int) map[string]any {
	fields := make(map[string]any, len(m.Fields))
	for i := range m.Fields {
		f := &m.Fields[i]
		fields[f.Outside()] = s.value(f.Type, depth)
		if k := f.Type.Kind; fields[f.Outside()] != nil && (k == schema.String || k == schema.Bytes) {
			s.texts = append(s.texts, text{fields, f.Outside()})
		}
	}
	return fields
}

// sampleDepth is how deep samples of messages that contain themselves go.
const sampleDepth = 4

func (s *sample) value(t *schema.Type, depth int) any {
	s.values++
	n := s.number*7 + s.values
	isText := t.Kind == schema.String || t.Kind == schema.Bytes
	if t.Optional && (depth >= sampleDepth || n%4 == 3 && !(isText && s.filled)) {
		return nil
	}
	switch t.Kind {
	case schema.Bool:
		return n%2 == 0
	case schema.Int:
		return n * 37 % 1000
	case schema.Float:
		return math.Round(float64(n*37%1000)) / 10
	case schema.Bytes:
		return []byte(word(n))
	case schema.Time:
		return time.Date(2026, 1, 1, 0, n, 0, 0, time.UTC)
	case schema.Duration:
		return int64(time.Duration(n) * time.Millisecond)
	case schema.Enum:
		return t.Enum.Values[n%len(t.Enum.Values)]
	case schema.List:
		return s.list(t.Elem, n%4, depth+1)
	case schema.Map:
		return s.pairs(t.Elem, n%3, depth+1)
	case schema.Record:
		return s.record(t.Message, depth+1)
	default: // a string, or anything
		return word(n)
	}
}

func (s *sample) list(elem *schema.Type, count, depth int) []any {
	list := []any{}
	if depth > sampleDepth {
		return list
	}
	for range count {
		list = append(list, s.value(elem, depth))
	}
	return list
}

func (s *sample) pairs(elem *schema.Type, count, depth int) map[string]any {
	pairs := map[string]any{}
	if depth > sampleDepth {
		return pairs
	}
	for i := range count {
		pairs[words[i]] = s.value(elem, depth)
	}
	return pairs
}

// words are what strings are made of.
var words = [...]string{
	"harbour", "willow", "copper", "meadow", "lantern", "falcon", "granite", "orchard",
	"compass", "thistle", "beacon", "juniper", "anchor", "prairie", "saffron", "timber",
}

func word(n int) string { return words[n%len(words)] + "-" + strconv.Itoa(n%100) }

// fill makes the texts of the sample longer by so many bytes in all.
func (s *sample) fill(m *schema.Message, missing int) error {
	if len(s.texts) == 0 {
		return fmt.Errorf("%s has no field of type string or bytes that could be filled up", m.Name)
	}
	for i, t := range s.texts {
		n := missing / len(s.texts)
		if i == 0 {
			n += missing % len(s.texts)
		}
		more := strings.Repeat(" lorem ipsum dolor sit amet", n/27+1)[:n]
		switch v := t.record[t.name].(type) {
		case string:
			t.record[t.name] = v + more
		case []byte:
			t.record[t.name] = append(v, more...)
		}
	}
	return nil
}
