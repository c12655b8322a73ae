package schema

import (
	"encoding/json"
	"testing"
)

// tree gives messages that contain themselves, and one that doesn't.
func tree() (left, right, leaf *Message) {
	leaf = &Message{Name: "Leaf", Fields: []Field{{Name: "n", Type: &Type{Kind: Int}}}}
	left, right = &Message{Name: "Left"}, &Message{Name: "Right"}
	left.Fields = []Field{{Name: "right", Type: &Type{Kind: Record, Message: right, Optional: true}}, {Name: "leaf", Type: &Type{Kind: Record, Message: leaf}}}
	right.Fields = []Field{{Name: "lefts", Type: &Type{Kind: Map, Elem: &Type{Kind: List, Elem: &Type{Kind: Record, Message: left}}}}}
	return left, right, leaf
}

func TestRecursive(t *testing.T) {
	left, right, leaf := tree()
	outer := &Message{Name: "Outer", Fields: []Field{{Name: "left", Type: &Type{Kind: Record, Message: left}}}}
	for m, want := range map[*Message]bool{left: true, right: true, leaf: false, outer: false} {
		if m.Recursive() != want {
			t.Errorf("%s contains itself: %v", m.Name, !want)
		}
	}
}

func TestRecursiveMessagesTravelInASet(t *testing.T) {
	left, right, _ := tree()
	set := Set{}
	set.Add(left)
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var back Set
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if len(back) != 3 || back["Left"].Hash() != left.Hash() || back["Right"].Hash() != right.Hash() {
		t.Errorf("it came back as %v", back)
	}
	if left.Hash() == right.Hash() {
		t.Error("two messages have one hash")
	}
}
