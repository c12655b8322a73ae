package message

import (
	"testing"
)

const quakeJSON = `{"id": "us2000crkq", "mag": 5.3, "place": "50km NNW of Bitung, Indonesia", "at": "2018-01-31T02:13:09.650Z", "kind": "earthquake", "status": "reviewed", "alert": "green", "tsunami": false, "felt": null, "sig": 432, "net": "us", "lon": 125.0418, "lat": 1.8644, "depth": 35.2}`

func BenchmarkJSONReader(b *testing.B) {
	r, line := NewJSONReader(quake), []byte(quakeJSON)
	var payload []byte
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if payload, err = r.Append(payload[:0], line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONWriter(b *testing.B) {
	w, payload := NewJSONWriter(quake), dense(b, quake, quakeJSON)
	benchmarkWriter(b, payload, w.Append)
}

func BenchmarkCSVWriter(b *testing.B) {
	benchmarkWriter(b, dense(b, quake, quakeJSON), NewCSVWriter(quake).Append)
}

func BenchmarkPrinter(b *testing.B) {
	benchmarkWriter(b, dense(b, quake, quakeJSON), NewPrinter(quake).Append)
}

func benchmarkWriter(b *testing.B, payload []byte, write func(dst, payload []byte) ([]byte, error)) {
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if out, err = write(out[:0], payload); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(out)))
}

func BenchmarkCSVReader(b *testing.B) {
	r := NewCSVReader(quake)
	if err := r.Header([]string{"id", "mag", "place", "at", "net", "depth", "felt", "alert"}); err != nil {
		b.Fatal(err)
	}
	cells := []string{"us2000crkq", "5.3", "50km NNW of Bitung, Indonesia", "2018-01-31T02:13:09.650Z", "us", "35.2", "", "green"}
	var payload []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if payload, err = r.Append(payload[:0], cells); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	v, payload := NewValidator(quake), dense(b, quake, quakeJSON)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Validate(payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCodecs(b *testing.B) {
	for _, name := range []string{"msgpack", "json", "pickle"} {
		c, payload := codec(b, name, quake), dense(b, quake, quakeJSON)
		data, err := c.Append(nil, payload)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/append", func(b *testing.B) { benchmarkWriter(b, payload, c.Append) })
		b.Run(name+"/parse", func(b *testing.B) { benchmarkWriter(b, data, c.Parse) })
	}
}

// BenchmarkBatch reads a message of a batch.
func BenchmarkBatch(b *testing.B) {
	const count = 256
	c := NewMessagePack(quake)
	data, payload := make([]byte, BatchHead), dense(b, quake, quakeJSON)
	PutBatchHead(data, count)
	for range count {
		var err error
		if data, err = c.Append(data, payload); err != nil {
			b.Fatal(err)
		}
	}
	var batch Batch
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if batch.Len() == 0 {
			if batch, err = OpenBatch(data); err != nil {
				b.Fatal(err)
			}
		}
		if payload, err = c.Next(payload[:0], &batch); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWalk is what the walk alone takes of parsing.
func BenchmarkWalk(b *testing.B) {
	c := codec(b, "msgpack", quake)
	data, err := c.Append(nil, dense(b, quake, quakeJSON))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := ValidateMessagePack(data); err != nil {
			b.Fatal(err)
		}
	}
}
