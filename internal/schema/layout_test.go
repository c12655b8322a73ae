package schema

import "testing"

// everything has a field of each length, present always and maybe.
func everything(t *testing.T) *Message {
	m := &Message{Name: "Everything"}
	for _, f := range []struct{ name, text string }{
		{"a", "string"}, {"b", "bool?"}, {"c", "int"}, {"d", "enum(x, y)"}, {"e", "[int]?"}, {"f", "time?"}, {"g", "any"}, {"h", "{string: int}"},
	} {
		typ, err := Parse(f.text, func(string) *Message { return nil })
		if err != nil {
			t.Fatal(err)
		}
		m.Fields = append(m.Fields, Field{Name: f.name, Type: typ})
	}
	return m
}

func TestLayoutOf(t *testing.T) {
	l := LayoutOf(everything(t))
	want := []struct{ presence, slot, previous int }{
		{-1, 1, -1},  // a: 4 bytes behind one byte of presence
		{0, 5, -1},   // b: 1
		{-1, 6, -1},  // c: 8
		{-1, 14, -1}, // d: 1
		{1, 15, 1},   // e: 4, its data behind that of a
		{2, 19, -1},  // f: 8
		{-1, 27, 15}, // g: 4
		{-1, 31, 27}, // h: 4
	}
	if len(l.Fields) != len(want) || l.Data != 35 {
		t.Fatalf("%d fields, data at %d", len(l.Fields), l.Data)
	}
	for i, w := range want {
		if f := l.Fields[i]; f.Presence != w.presence || f.Slot != w.slot || f.Previous != w.previous {
			t.Errorf("field %s: %+v, want %+v", l.Message.Fields[i].Name, f, w)
		}
	}
	if empty := LayoutOf(&Message{Name: "Empty"}); empty.Data != 0 {
		t.Errorf("the data of nothing is at %d", empty.Data)
	}
}

func TestPresenceOfManyFields(t *testing.T) {
	m := &Message{Name: "Many"}
	for range 9 {
		m.Fields = append(m.Fields, Field{Type: &Type{Kind: Bool, Optional: true}})
	}
	l := LayoutOf(m)
	if l.Fields[0].Slot != 2 || l.Data != 11 {
		t.Errorf("nine bits of presence are followed by %d, the data is at %d", l.Fields[0].Slot, l.Data)
	}
	rec := make([]byte, l.Data)
	rec[1] = 1
	for i := range l.Fields {
		if got := l.Fields[i].Present(rec); got != (i == 8) {
			t.Errorf("field %d is present: %v", i, got)
		}
	}
}

func TestBounds(t *testing.T) {
	l := LayoutOf(everything(t))
	record := func(a, e, g, h byte, data int) []byte {
		rec := make([]byte, l.Data+data)
		rec[1], rec[15], rec[27], rec[31] = a, e, g, h
		return rec
	}
	rec := record(3, 3, 4, 10, 10)
	for name, want := range map[string][2]int{"a": {35, 38}, "e": {38, 38}, "g": {38, 39}, "h": {39, 45}} {
		for i := range l.Fields {
			if l.Message.Fields[i].Name != name {
				continue
			}
			if start, end, ok := l.Bounds(&l.Fields[i], rec); !ok || start != want[0] || end != want[1] {
				t.Errorf("field %s is %d to %d, %v", name, start, end, ok)
			}
		}
	}
	for what, rec := range map[string][]byte{"ends behind the record": record(3, 3, 4, 11, 10), "ends before it starts": record(3, 3, 2, 10, 10)} {
		lies := 0
		for _, i := range []int{0, 4, 6, 7} {
			if _, _, ok := l.Bounds(&l.Fields[i], rec); !ok {
				lies++
			}
		}
		if lies != 1 {
			t.Errorf("%d fields of a record lie, where one %s", lies, what)
		}
	}
	rec[31+3] = 0xff // the end does not fit into 31 bits
	if _, _, ok := l.Bounds(&l.Fields[7], rec); ok {
		t.Error("an end far behind the record is believed")
	}
}

func TestEntry(t *testing.T) {
	m := &Type{Kind: Map, Elem: &Type{Kind: Float, Optional: true}}
	entry := m.Entry()
	key, ok := entry.Field("key")
	value, ok2 := entry.Field("value")
	if !ok || !ok2 || key.Type.String() != "string" || value.Type.String() != "float?" {
		t.Errorf("entry %+v", entry)
	}
}
