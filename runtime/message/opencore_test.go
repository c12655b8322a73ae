package message

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// ours is for capture.py, see there.
var ours = flag.String("ours", "", "file to write what open-core shall receive to")

// An event is what open-core's sockets have sent or taken, in frames of
// hexadecimal digits. testdata/opencore/capture.py tells how it was captured.
type event struct {
	Pattern  string          `json:"pattern,omitempty"`
	Codec    string          `json:"codec"`
	Frames   []string        `json:"frames"`
	Received json.RawMessage `json:"received,omitempty"` // what open-core's actor was given
}

// foreignMessages are those of capture.py, by topic.
var foreignMessages = map[string]string{
	"us":  `{"id":"us2000crkq","mag":5.3,"place":"50km NNW of Bitung","at":"2018-01-31T02:13:09.65Z","net":"us","depth":35.2,"felt":null,"alert":"green"}`,
	"":    `{"id":"us2000crkq","mag":5.3,"place":"Käse ☃","at":"2018-01-31T02:13:09.65Z","net":"us","depth":35.2,"felt":3,"alert":null}`,
	"now": `{"id":"us2000crkq","mag":5.3,"place":"50km NNW of Bitung","at":"2018-01-31T02:13:09.65Z","net":"us","depth":35.2,"felt":null,"alert":"green"}`,
}

var foreignBytes = map[string]string{"us": "any bytes \x00\xff", "": ""}

func events(t *testing.T, file string) (list []event) {
	t.Helper()
	text, err := os.ReadFile("testdata/opencore/" + file)
	must(t, err)
	must(t, json.Unmarshal(text, &list))
	return list
}

// open-core's "bytes" are our raw.
func foreignCodec(t *testing.T, name string) (Codec, *schema.Message) {
	t.Helper()
	if name == "bytes" {
		m := one(kind(schema.Bytes))
		return codec(t, "raw", m), m
	}
	return codec(t, name, quake), quake
}

// foreignPayload gives the message of a topic.
func foreignPayload(t *testing.T, codec, topic string) []byte {
	t.Helper()
	if codec == "bytes" {
		payload, err := compile(one(kind(schema.Bytes))).append(nil, []value{{state: set, data: []byte(foreignBytes[topic])}})
		must(t, err)
		return payload
	}
	return dense(t, quake, foreignMessages[topic])
}

func TestWhatOpenCoreSends(t *testing.T) {
	list := events(t, "captured.json")
	if len(list) != 22 {
		t.Fatalf("%d events", len(list))
	}
	for _, e := range list {
		if len(e.Frames) != 2 {
			t.Errorf("%s %s: %d frames", e.Pattern, e.Codec, len(e.Frames))
			continue
		}
		topic := string(unhex(t, e.Frames[0]))
		c, _ := foreignCodec(t, e.Codec)
		got, err := c.Parse(nil, unhex(t, e.Frames[1]))
		if e.Codec == "pickle" && topic == "now" { // its time is an object
			if want := `pickle: "datetime.datetime" is not data; ` + onlyData; message(err) != want {
				t.Errorf("%s: %v, want %s", e.Pattern, err, want)
			}
			continue
		}
		if want := foreignPayload(t, e.Codec, topic); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s %s %q: %x, want %x (%v)", e.Pattern, e.Codec, topic, got, want, err)
		}
	}
}

func TestWhatOpenCoreReceives(t *testing.T) {
	list := events(t, "accepted.json")
	if len(list) != 16 {
		t.Fatalf("%d events", len(list))
	}
	for _, e := range list {
		topic := string(unhex(t, e.Frames[0]))
		c, m := foreignCodec(t, e.Codec)
		payload := foreignPayload(t, e.Codec, topic)
		out, err := c.Append(nil, payload)
		must(t, err)
		if e.Frames[1] != hex.EncodeToString(out) {
			t.Errorf("%s %s %q: we send %x now; open-core has been tried with %s", e.Pattern, e.Codec, topic, out, e.Frames[1])
		}
		received := "{\"x\":" + string(e.Received) + "}"
		if e.Codec != "bytes" {
			received = string(e.Received)
		} else {
			m = one(kind(schema.String))
			payload = dense(t, m, `{"x":"`+hex.EncodeToString([]byte(foreignBytes[topic]))+`"}`)
		}
		if got, err := NewJSONReader(m).Append(nil, []byte(received)); err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%s %s %q: open-core has received %s (%v)", e.Pattern, e.Codec, topic, e.Received, err)
		}
	}
}

// TestWriteForOpenCore writes what capture.py replays, to the file that a flag
// names.
func TestWriteForOpenCore(t *testing.T) {
	file := cmp.Or(*ours, filepath.Join(t.TempDir(), "ours.json"))
	var list []event
	for _, topic := range []string{"us", ""} {
		for _, name := range []string{"json", "msgpack", "pickle", "bytes"} {
			c, _ := foreignCodec(t, name)
			payload := foreignPayload(t, name, topic)
			out, err := c.Append(nil, payload)
			must(t, err)
			if back, err := c.Parse(nil, out); err != nil || !bytes.Equal(back, payload) {
				t.Errorf("%s %q: it reads back as %x (%v)", name, topic, back, err)
			}
			list = append(list, event{Codec: name, Frames: []string{hex.EncodeToString([]byte(topic)), hex.EncodeToString(out)}})
		}
	}
	text, err := json.Marshal(list)
	must(t, err)
	must(t, os.WriteFile(file, text, 0o666))
}
