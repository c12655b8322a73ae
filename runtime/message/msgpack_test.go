package message

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/ilpomo/opencore/internal/schema"
)

// lies are what made the decoder allocate gigabytes or overflow its stack.
var lies = []string{
	"\xdd\xff\xff\xff\xff\xc0",          // a list of 2^32-1, 64 GiB
	"\xc6\xff\xff\xff\xff",              // 4 GiB of bytes
	"\xdf\xff\xff\xff\xff\xa0\xc0",      // a map of 2^32-1
	"\xdb\xff\xff\xff\xffabc",           // 4 GiB of text
	strings.Repeat("\x91", 5000),        // lists in lists
	strings.Repeat("\x91", 4<<20),       // and so deep that the stack overflows
	strings.Repeat("\xdc\xff\xff", 100), // each claims to be long
}

func TestLiesAreRefused(t *testing.T) {
	for _, lie := range lies {
		allocated := testing.AllocsPerRun(10, func() {
			if ValidateMessagePack([]byte(lie)) == nil {
				t.Errorf("%.20q passes", lie)
			}
		})
		if allocated > 1 { // the copy of lie
			t.Errorf("%.20q: %v allocations", lie, allocated)
		}
		if _, err := decodeAny([]byte(lie)); err == nil {
			t.Errorf("%.20q is decoded", lie)
		}
	}
}

func TestValidateMessagePack(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "MessagePack: a length goes beyond the end",
		"\xc0\xc0":                 "MessagePack: 1 bytes behind the value",
		"\xc1":                     "MessagePack: a byte that begins no value",
		"\x81\x01\x02":             "MessagePack: a key is not a string",
		"\x81\xa1a":                "MessagePack: a length goes beyond the end",
		"\xa1\xff":                 "MessagePack: text is not valid UTF-8",
		"\xd4\x05\x00":             "MessagePack: an extension other than the timestamp",
		"\xd6\x05\x00\x00\x00\x00": "MessagePack: an extension other than the timestamp",
		"\xd6\xff\x00\x00\x00":     "MessagePack: a length goes beyond the end",
		"\xd7\xff\xff\xff\xff\xff\x00\x00\x00\x00":  "MessagePack: an extension other than the timestamp",
		"\xc7\x05\xff\x00\x00\x00\x00\x00":          "MessagePack: an extension other than the timestamp",
		"\xc9\x00\x00\x00\x0c\xff":                  "MessagePack: an extension other than the timestamp",
		strings.Repeat("\x91", MaxDepth+1) + "\xc0": "MessagePack: nested more than 64 deep",
		strings.Repeat("\x91", MaxDepth) + "\xc0":   "",
		"\xd9":                      "MessagePack: a length goes beyond the end",
		"\xd9\x01":                  "MessagePack: a length goes beyond the end",
		"\xcf\x00":                  "MessagePack: a length goes beyond the end",
		"\xde\x00\x01\xd9\x01a\xc0": "",
		"\xc4\x01\xff":              "",
	} {
		if got := message(ValidateMessagePack([]byte(in))); got != want {
			t.Errorf("%.20q: %q, want %q", in, got, want)
		}
	}
}

func TestAnyAsJSON(t *testing.T) {
	m := one(kind(schema.Any))
	for in, want := range map[string]string{
		"\xca\x3f\xc0\x00\x00":                 `1.5`,
		"\xd3\xff\xff\xff\xff\xff\xff\xff\xfe": `-2`,
		"\xcf\xff\xff\xff\xff\xff\xff\xff\xff": `18446744073709551615`,
		"\xcf\x00\x00\x00\x00\x00\x00\x00\x05": `5`,
		"\xe0":                                 `-32`, "\x7f": `127`, "\xcc\xff": `255`, "\xd1\xff\x00": `-256`,
		"\xc4\x02hi":                               `"aGk="`,
		"\xd6\xff\x00\x00\x00\x01":                 `"1970-01-01T00:00:01Z"`,
		"\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01": `"1970-01-01T00:00:01.000000001Z"`,
		"\xc7\x0c\xff\x00\x00\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff": `"1969-12-31T23:59:59.000000001Z"`,
		"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01":                         `"NaN"`,
		"\x82\xa1b\x90\xa1a\x80":                                       `{"a":{},"b":[]}`,
	} {
		payload, err := compile(m).append(nil, []value{{state: set, data: []byte(in)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := Validate(m, payload); err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if out, err := NewJSONWriter(m).Append(nil, payload); err != nil || string(out) != `{"x":`+want+`}` {
			t.Errorf("%q is %s, want %s (%v)", in, out, want, err)
		}
	}
}

// FuzzMessagePack looks for what passes the walk and then hurts the decoder,
// or is not what the decoder takes for one value.
func FuzzMessagePack(f *testing.F) {
	for _, lie := range lies[:5] {
		f.Add([]byte(lie))
	}
	for _, seed := range []string{"\x82\xa1b\x90\xa1a\x80", "\xd6\xff\x00\x00\x00\x01", "\xc4\x02hi", "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "\x93\xc2\xc3\xc0"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if ValidateMessagePack(b) != nil {
			return
		}
		if _, err := decodeAny(b); err != nil {
			t.Fatalf("%x passes, and the decoder says %v", b, err)
		}
		r := bytes.NewReader(b)
		if err := msgpack.NewDecoder(r).Skip(); err != nil || r.Len() > 0 {
			t.Fatalf("%x passes, and the decoder leaves %d bytes (%v)", b, r.Len(), err)
		}
		payload, err := compile(one(kind(schema.Any))).append(nil, []value{{state: set, data: b}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewJSONWriter(one(kind(schema.Any))).Append(nil, payload); err != nil {
			t.Fatalf("%x passes, and can't be written as JSON: %v", b, err)
		}
	})
}
