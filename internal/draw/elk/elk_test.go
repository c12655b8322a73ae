package elk_test

import (
	"testing"

	"github.com/ilpomo/opencore/internal/draw"
	"github.com/ilpomo/opencore/internal/draw/elk"
)

// Boxes stand from left to right without touching each other, and wires run
// across or up and down from one to the next.
func TestLayout(t *testing.T) {
	s := &draw.Shape{
		Boxes: []draw.Size{{Width: 80, Height: 40}, {Width: 60, Height: 40}, {Width: 60, Height: 60}},
		Wires: [][2]int{{0, 1}, {1, 2}, {2, 1}}, Labels: make([]draw.Size, 3), Between: 40, Beside: 20,
	}
	p, err := elk.Layout(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(p.Boxes); i++ {
		if p.Boxes[i].X < p.Boxes[i-1].X+s.Boxes[i-1].Width+float64(s.Between) {
			t.Errorf("box %d stands at %v, behind one at %v", i, p.Boxes[i], p.Boxes[i-1])
		}
	}
	for i, wire := range p.Wires {
		for j := 1; j < len(wire); j++ {
			if wire[j].X != wire[j-1].X && wire[j].Y != wire[j-1].Y {
				t.Errorf("wire %d runs aslant: %v", i, wire)
			}
		}
	}
}
