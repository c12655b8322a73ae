package message

import (
	"strings"
	"testing"

	"github.com/ilpomo/opencore/internal/schema"
)

// treeMessage contains itself in all ways that end.
func treeMessage() *schema.Message {
	m := &schema.Message{Name: "Tree"}
	of := func(k schema.Kind) *schema.Type {
		return &schema.Type{Kind: k, Elem: &schema.Type{Kind: schema.Record, Message: m}}
	}
	m.Fields = []schema.Field{
		{Name: "name", Type: &schema.Type{Kind: schema.String}},
		{Name: "left", Type: &schema.Type{Kind: schema.Record, Message: m, Optional: true}},
		{Name: "kids", Type: of(schema.List), Default: "[]"},
		{Name: "more", Type: of(schema.Map), Default: "{}"},
	}
	return m
}

func TestMessagesThatContainThemselves(t *testing.T) {
	m := treeMessage()
	const text = `{"name":"a","left":{"name":"b","left":null,"kids":[{"name":"c","left":null,"kids":[],"more":{}}],"more":{}},"kids":[],"more":{"x":{"name":"d","left":null,"kids":[],"more":{}}}}`
	json, err := NewCodec("json", m)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Parse(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := Validate(m, payload); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"msgpack", "json", "pickle"} {
		codec, err := NewCodec(name, m)
		if err != nil {
			t.Fatal(err)
		}
		out, err := codec.Append(nil, payload)
		if err != nil {
			t.Fatal(name, err)
		}
		back, err := codec.Parse(nil, out)
		if err != nil || string(back) != string(payload) {
			t.Errorf("%s makes %q of it, %v", name, back, err)
		}
	}
	back, err := json.Append(nil, payload)
	if err != nil || string(back) != text {
		t.Errorf("it came back as %s, %v", back, err)
	}
}

// denseTree is the dense encoding of a tree so many levels deep, which only a
// handler of ours could make.
func denseTree(depth int) []byte {
	leaf := []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	for range depth - 1 {
		n := len(leaf)
		head := []byte{1, 0, 0, 0, 0, byte(n), byte(n >> 8), 0, 0, byte(n + 4), byte((n + 4) >> 8), 0, 0, byte(n + 8), byte((n + 8) >> 8), 0, 0}
		leaf = append(append(head, leaf...), 0, 0, 0, 0, 0, 0, 0, 0)
	}
	return leaf
}

// Empty lists are a level too, so one with lists may have a level less.
func TestMessagesThatAreTooDeep(t *testing.T) {
	m := treeMessage()
	for depth, want := range map[int]string{MaxDepth - 1: "", MaxDepth + 1: "nested more than 64 deep", 1000: "nested more than 64 deep"} {
		text := strings.Repeat(`{"name":"","left":`, depth-1) + `{"name":""}` + strings.Repeat("}", depth-1)
		for _, name := range []string{"json", "msgpack", "pickle"} {
			codec, err := NewCodec(name, m)
			if err != nil {
				t.Fatal(err)
			}
			_, err = codec.Append(nil, denseTree(depth))
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s writes %d levels: %v", name, depth, err)
			}
			if name == "json" {
				_, err = codec.Parse(nil, []byte(text))
				if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("json reads %d levels: %v", depth, err)
				}
			}
		}
		if err := Validate(m, denseTree(depth)); (err == nil) != (want == "") {
			t.Errorf("%d levels are valid: %v", depth, err)
		}
	}
}
