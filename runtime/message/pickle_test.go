package message

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// A pythonPickle is one of testdata/pickles.json, which pickles.py beside it
// has made.
type pythonPickle struct{ Name, Pickle, JSON string }

func pythonPickles(t testing.TB) (list []pythonPickle) {
	t.Helper()
	text, err := os.ReadFile("testdata/pickles.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unpickled gives what a pickle says as JSON.
func unpickled(data []byte) (string, error) {
	var u unpickler
	pack, err := u.unpickle(nil, data)
	if err != nil {
		return "", err
	}
	v, err := decodeAny(pack)
	if err != nil {
		return "", err
	}
	out, err := json.Marshal(v)
	return string(out), err
}

// What Python writes is read, in every protocol.
func TestPythonsPickles(t *testing.T) {
	any := one(kind(schema.Any))
	for _, p := range pythonPickles(t) {
		var u unpickler
		pack, err := u.unpickle(nil, unhex(t, p.Pickle))
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		payload, err := NewMessagePack(any).Parse(nil, append([]byte("\x81\xa1x"), pack...))
		must(t, err)
		out, err := NewJSONWriter(any).Append(nil, payload)
		must(t, err)
		want, err := NewJSONWriter(any).Append(nil, dense(t, any, `{"x":`+p.JSON+`}`))
		must(t, err)
		if string(out) != string(want) {
			t.Errorf("%s: %.300s, want %.300s", p.Name, out, want)
		}
	}
}

func TestPickleMessages(t *testing.T) {
	c := codec(t, "pickle", quake)
	payload, err := c.Parse(nil, []byte("\x80\x04}(\x8c\x02id\x8c\x01a\x8c\x03magK\x05\x8c\x05place\x8c\x00\x8c\x02at\x8c\x141970-01-01T00:00:01Z\x8c\x03net\x8c\x00\x8c\x05depthG\x3f\xf8\x00\x00\x00\x00\x00\x00\x8c\x05alert\x8c\x03red\x8c\x01zNu."))
	must(t, err)
	out, err := NewJSONWriter(quake).Append(nil, payload)
	must(t, err)
	const want = `{"id":"a","mag":5,"place":"","at":"1970-01-01T00:00:01Z","net":"","depth":1.5,"felt":null,"alert":"red"}`
	if string(out) != want {
		t.Errorf("%s, want %s", out, want)
	}
	const pickled = "\x80\x04}(\x8c\x02id\x8c\x01a\x8c\x03magG\x40\x14\x00\x00\x00\x00\x00\x00\x8c\x05place\x8c\x00\x8c\x02at\x8c\x141970-01-01T00:00:01Z\x8c\x03net\x8c\x00\x8c\x05depthG\x3f\xf8\x00\x00\x00\x00\x00\x00\x8c\x04feltN\x8c\x05alert\x8c\x03redu."
	if out := comesBack(t, c, payload); string(out) != pickled {
		t.Errorf("%q, want %q", out, pickled)
	}
}

func TestPicklesRefused(t *testing.T) {
	for in, want := range map[string]string{
		"":                                errPickleShort.Error(),
		"}":                               errPickleShort.Error(),
		".":                               errPickle.Error(),
		"}}.":                             errPickle.Error(),
		"(}.":                             errPickle.Error(),
		"}.}":                             errPickleRest.Error(),
		"\x80\x06}.":                      "pickle: protocol 6 is not known",
		"cos\nsystem\n(S'ls'\ntR.":        `pickle: "os.system" is not data; ` + onlyData,
		"(S'ls'\nios\nsystem\n.":          errPickleOld.Error(),
		"(ios\nsystem\n.":                 `pickle: "os.system" is not data; ` + onlyData,
		"\x8c\x02os\x8c\x06system\x93)R.": `pickle: "os.system" is not data; ` + onlyData,
		"}K\x01\x93.":                     errPickle.Error(),
		"))R.":                            errPickleObject.Error(),
		"))\x81.":                         errPickleObject.Error(),
		"\x82\x01.":                       errPickleObject.Error(),
		"}}b.":                            errPickleObject.Error(),
		"Pid\n.":                          errPickleObject.Error(),
		"\x97.":                           errPickleBuffer.Error(),
		"\xff.":                           errPickle.Error(),
		"X\xff\xff\xff\xffabc.":           errPickleShort.Error(),
		"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.":      errPickleShort.Error(),
		"\x96\xff\xff\xff\xff\xff\xff\xff\x7fabc.":      errPickleShort.Error(),
		"\x8b\xff\xff\xff\x7f.":                         errPickleShort.Error(),
		"\x8a\x0a0123456789.":                           errPickleInt.Error(),
		"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\xff.": errPickleInt.Error(),
		"I99999999999999999999\n.":                      errPickleInt.Error(),
		"I0x10\n.":                                      errPickleInt.Error(),
		"Fx\n.":                                         errPickle.Error(),
		"I1":                                            errPickleShort.Error(),
		"V\\ud800\n.":                                   errPickle.Error(),
		"V\\U00110000\n.":                               errPickle.Error(),
		"V\\u12\n.":                                     errPickle.Error(),
		"\x8c\x01\xff.":                                 "pickle: a string is not valid UTF-8",
		"h\x00.":                                        errPickle.Error(),
		"}r\xff\xff\xff\xff.":                           errPickle.Error(),
		"}p-1\n.":                                       errPickle.Error(),
		"q\x00.":                                        errPickle.Error(),
		"a.":                                            errPickle.Error(),
		"}K\x01a.":                                      errPickle.Error(),
		"]K\x01K\x02s.":                                 errPickle.Error(),
		"}(K\x01u.":                                     errPickle.Error(),
		"(K\x01d.":                                      errPickle.Error(),
		"e.":                                            errPickle.Error(),
		"](a.":                                          errPickle.Error(),
		"\x86.":                                         errPickle.Error(),
		"0.":                                            errPickle.Error(),
		"1.":                                            errPickle.Error(),
		"2.":                                            errPickle.Error(),
		"]q\x00h\x00a.":                                 errPickleNested.Error(), // a list in itself
		strings.Repeat("]", 65) + strings.Repeat("a", 64) + ".": errPickleNested.Error(),
		"}(K\x01K\x02u.": "MessagePack: a key is not a string",
		"]":              errPickleShort.Error(),
		"].":             "a list is not a map, as a message must be",
	} {
		out, err := codec(t, "pickle", quake).Parse([]byte("before"), []byte(in))
		if message(err) != want || string(out) != "before" {
			t.Errorf("%.40q: %q, %q, want %q", in, out, message(err), want)
		}
	}
}

func TestPickledInts(t *testing.T) {
	for in, want := range map[string]string{
		"\x8a\x00.": "0", "\x8a\x01\xff.": "-1", "\x8a\x02\xff\x00.": "255", "\x8b\x01\x00\x00\x00\x05.": "5",
		"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00.": "18446744073709551615", "L18446744073709551615L\n.": "18446744073709551615",
		"I01\n.": "true", "I1\n.": "1", "L-5L\n.": "-5",
	} {
		if got, err := unpickled([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %s, want %s (%v)", in, got, want, err)
		}
	}
}

// laughs is a list of ten times a list of ten times a list ….
func laughs(levels int) []byte {
	b := []byte("](" + strings.Repeat("K\x01", 10) + "eq\x000")
	for i := range levels {
		b = append(b, "]("+strings.Repeat("h"+string(rune(i)), 10)+"eq"+string(rune(i+1))+"0"...)
	}
	return append(b, "h"+string(rune(levels))+"."...)
}

func TestPickleBombs(t *testing.T) {
	if _, err := unpickled(laughs(3)); err != nil {
		t.Errorf("ten thousand: %v", err)
	}
	for name, data := range map[string][]byte{
		"ten to the 60th":  laughs(59),
		"dups of a string": []byte("X\x00\x00\x10\x00" + strings.Repeat("x", 1<<20) + "q\x000(" + strings.Repeat("h\x00", 100) + "l."),
		"open lists":       []byte(strings.Repeat("]", 1<<20) + "."),
		"open marks":       []byte(strings.Repeat("(", 1<<20) + "."),
		"memo":             []byte("]" + strings.Repeat("\x94", 1<<20)),
	} {
		var before, after uint64
		before = allocated()
		_, err := unpickled(data)
		if after = allocated(); err == nil || after-before > 200<<20 {
			t.Errorf("%s: %v, %d MiB", name, err, (after-before)>>20)
		}
	}
}

// FuzzPickle reads pickles: what is read is MessagePack or has keys that it
// does not allow, and comes back from our own pickle.
func FuzzPickle(f *testing.F) {
	for _, p := range pythonPickles(f) {
		if len(p.Pickle) < 4000 {
			f.Add(unhex(f, p.Pickle))
		}
	}
	f.Add(laughs(59))
	f.Add([]byte("cos\nsystem\n(S'ls'\ntR."))
	f.Add([]byte("]q\x00h\x00a."))
	f.Add([]byte("\x8b\xff\xff\xff\x7f."))
	f.Fuzz(func(t *testing.T, data []byte) {
		var u unpickler
		pack, err := u.unpickle(nil, data)
		if err != nil {
			if err.Error() == "" || len(pack) > 0 {
				t.Fatalf("%q: %x, %q", data, pack, err)
			}
			return
		}
		if err := ValidateMessagePack(pack); err != nil {
			if err != errKey {
				t.Fatalf("%q is read as %x: %v", data, pack, err)
			}
			return
		}
		var p pickler
		again, err := u.unpickle(nil, p.pickle(nil, pack))
		if err != nil || string(again) != string(pack) {
			t.Fatalf("%q is read as %x, and comes back as %x (%v)", data, pack, again, err)
		}
	})
}
