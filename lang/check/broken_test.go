package check_test

import "testing"

// TestBehindWhatCannotBeRead has an instance that is fed through a component by
// one of which a port can't be read, and one behind it.
func TestBehindWhatCannotBeRead(t *testing.T) {
	_, found := load("broken.actors", `message Doc { id int }
message Answer { id int }
actor Split exec ["split"] { in docs Doc, p parts Doc }
actor Asker exec ["ask"] { in docs Doc, req score Doc -> Answer }
actor Model exec ["model"] { rep score Doc -> Answer }
graph Through { pull a Doc, push b Doc, a -> b }
graph main {
  feed = file.Lines<Doc>(path: "docs.ndjson")
  split = Split()
  through = Through()
  ask = Asker()
  last = Model()
  feed -> split
  split -> through
  through.b -> ask
  ask.score -> last
}
`)
	if len(found) != 1 || found[0].Span.Start.Line != 3 {
		t.Errorf("what follows from the broken port is found too: %v", found)
	}
}
