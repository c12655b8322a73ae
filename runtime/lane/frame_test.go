package lane

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"
)

// pack makes a frame of data as a sender does.
func pack(h header, records ...string) []byte {
	b := make([]byte, headerSize)
	for _, r := range records {
		at := len(b)
		b = append(beginRecord(b), r...)
		endRecord(b, at)
	}
	h.count = uint32(len(records))
	h.put(b)
	return b
}

func TestFrame(t *testing.T) {
	want := header{kind: kindData, flags: flagAsk, lane: 7, last: 1<<40 + 3, count: 3}
	b := pack(want, "a", "", "ccc")
	h, grants, body, err := parseFrame(b)
	if err != nil || h != want || len(grants) != 0 {
		t.Fatalf("%+v, %v", h, err)
	}
	if err := checkRecords(body, h.count, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a", "", "ccc"} {
		var record []byte
		if record, body = nextRecord(body); string(record) != want {
			t.Errorf("record %q, want %q", record, want)
		}
	}
	if len(body) != 0 {
		t.Errorf("%q is left", body)
	}
}

func TestTopics(t *testing.T) {
	b := appendTopic(beginRecord(nil), "eu/west")
	b = append(b, "payload"...)
	endRecord(b, 0)
	if err := checkRecords(b, 1, true); err != nil {
		t.Fatal(err)
	}
	record, _ := nextRecord(b)
	if topic, payload := splitTopic(record); string(topic) != "eu/west" || string(payload) != "payload" {
		t.Errorf("%q, %q", topic, payload)
	}
	long := string(bytes.Repeat([]byte("x"), maxTopic+1))
	b = appendTopic(beginRecord(nil), long)
	endRecord(b, 0)
	record, _ = nextRecord(b)
	if topic, payload := splitTopic(record); len(topic) != maxTopic || len(payload) != 0 {
		t.Errorf("a long topic: %d bytes, and %d", len(topic), len(payload))
	}
}

func TestGrants(t *testing.T) {
	want := []grant{{1, 2, 3, 4}, {5, 1 << 50, 7, 8}}
	b := make([]byte, headerSize)
	header{kind: kindGrant, grants: 2}.put(b)
	for _, g := range want {
		b = g.append(b)
	}
	_, grants, body, err := parseFrame(append(b, "rest"...))
	if err != nil || string(body) != "rest" {
		t.Fatalf("%q, %v", body, err)
	}
	for i, w := range want {
		if g := readGrant(grants[i*grantSize:]); g != w {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
}

func TestReplies(t *testing.T) {
	b := appendReply(nil, 9, replyOK, []byte("yes"))
	b = appendReply(b, 10, replyError, []byte("no"))
	if err := checkReplies(b, 2); err != nil {
		t.Fatal(err)
	}
	record, rest := nextRecord(b)
	if number, status, payload := splitReply(record); number != 9 || status != replyOK || string(payload) != "yes" {
		t.Error(number, status, payload)
	}
	record, _ = nextRecord(rest)
	if number, status, payload := splitReply(record); number != 10 || status != replyError || string(payload) != "no" {
		t.Error(number, status, payload)
	}
}

func TestHello(t *testing.T) {
	want := &hello{run: 1 << 60, graph: 2, from: 3, incarnation: 4, link: 5, to: 6, lanes: []helloLane{{7, 8, 9}, {10, 11, 12}}}
	h, _, body, err := parseFrame(want.append(nil))
	if err != nil || h.kind != kindHello {
		t.Fatal(h, err)
	}
	got, err := parseHello(body)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := parseHello(body[:len(body)-1]); err == nil {
		t.Error("a short hello is taken")
	}
}

// Each of these lies somewhere.
func TestLies(t *testing.T) {
	sound := pack(header{kind: kindData, lane: 1, last: 2}, "aa", "bb")
	change := func(at int, value byte) []byte {
		b := bytes.Clone(sound)
		b[at] = value
		return b
	}
	for name, b := range map[string][]byte{
		"empty":           {},
		"short header":    sound[:headerSize-1],
		"version":         change(0, 9),
		"kind 0":          change(1, 0),
		"kind 200":        change(1, 200),
		"flags":           change(3, 1),
		"grants":          change(20, 200),
		"many grants":     change(23, 255),
		"count too large": change(16, 3),
		"count too small": change(16, 1),
		"record length":   change(headerSize, 200),
		"huge record":     change(headerSize+3, 255),
		"cut":             sound[:len(sound)-1],
	} {
		h, _, body, err := parseFrame(b)
		if err == nil {
			err = checkRecords(body, h.count, false)
		}
		if err == nil {
			t.Errorf("%s: passes", name)
		}
	}
	if checkRecords(pack(header{}, "\x05\x00abc")[headerSize:], 1, true) == nil {
		t.Error("a topic longer than its record passes")
	}
	if checkRecords(pack(header{}, "\x00")[headerSize:], 1, true) == nil {
		t.Error("a record too short for a topic passes")
	}
	if checkReplies(pack(header{}, "12345678")[headerSize:], 1) == nil {
		t.Error("a reply without status passes")
	}
	if checkReplies(pack(header{}, "12345678\x07")[headerSize:], 1) == nil {
		t.Error("a reply of unknown status passes")
	}
}

// What passes the checks can be walked; nothing makes them read or allocate
// beyond the frame.
func FuzzFrame(f *testing.F) {
	f.Add(pack(header{kind: kindData, lane: 1, last: 2, flags: flagAsk}, "aa", "bb"))
	f.Add(pack(header{kind: kindData, flags: flagTopics}, "\x01\x00tp"))
	f.Add((&hello{lanes: []helloLane{{1, 2, 3}}}).append(nil))
	f.Add(appendRefusal(nil, "why"))
	f.Add(grant{1, 2, 3, 4}.append(pack(header{kind: kindGrant, grants: 1})))
	f.Add(append(pack(header{kind: kindReply}), appendReply(nil, 1, replyError, []byte("no"))...))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, grants, body, err := parseFrame(b)
		if err != nil {
			return
		}
		if len(grants) != int(h.grants)*grantSize || headerSize+len(grants)+len(body) != len(b) {
			t.Fatalf("%d bytes of grants and %d of body in %d", len(grants), len(body), len(b))
		}
		for ; len(grants) > 0; grants = grants[grantSize:] {
			if g := readGrant(grants); !bytes.Equal(g.append(nil), grants[:grantSize]) {
				t.Fatalf("%+v reads otherwise than it writes", g)
			}
		}
		if hello, err := parseHello(body); err == nil && !bytes.Equal(hello.append(nil)[headerSize:], body) {
			t.Fatal("a hello reads otherwise than it writes")
		}
		walk(t, h, body)
	})
}

func walk(t *testing.T, h header, body []byte) {
	topics := h.flags&flagTopics != 0
	if checkRecords(body, h.count, topics) == nil {
		var again []byte
		for rest := body; len(rest) > 0; {
			var record []byte
			record, rest = nextRecord(rest)
			again = binary.LittleEndian.AppendUint32(again, uint32(len(record)))
			if topics {
				topic, payload := splitTopic(record)
				again = append(appendTopic(again, string(topic)), payload...)
			} else {
				again = append(again, record...)
			}
		}
		if !bytes.Equal(again, body) {
			t.Fatal("records read otherwise than they write")
		}
	}
	if checkReplies(body, h.count) == nil {
		for rest := body; len(rest) > 0; {
			var record []byte
			record, rest = nextRecord(rest)
			splitReply(record)
		}
	}
}
