package draw

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
)

// A Place is a point of a picture, in points from its top left.
type Place struct{ X, Y float64 }

// A Size is that of a box.
type Size struct{ Width, Height float64 }

// A Shape is what is to be laid out, from left to right: boxes, and wires that
// run across or up and down. Lengths are in points.
type Shape struct {
	Boxes   []Size
	Wires   [][2]int // from box, to box
	Labels  []Size   // of each wire; zero where it has none
	Between int      // the least space between two layers
	Beside  int      // the least space between a wire and a box
}

// Check finds out whether the shape makes sense.
func (s *Shape) Check() error {
	if len(s.Labels) != len(s.Wires) {
		return fmt.Errorf("%d labels for %d wires", len(s.Labels), len(s.Wires))
	}
	for i, ends := range s.Wires {
		if min(ends[0], ends[1]) < 0 || max(ends[0], ends[1]) >= len(s.Boxes) {
			return fmt.Errorf("wire %d leads to no box", i)
		}
	}
	return nil
}

// A Plan says where everything stands.
type Plan struct {
	Boxes []Place   // the top left corner of each box
	Wires [][]Place // the corners of each wire, from end to end
}

// A Layout lays shapes out. [Program] is one; the engine itself is in package
// elk, which is too large for programs that do more than draw.
type Layout func(ctx context.Context, s *Shape) (*Plan, error)

// Program lays out with a program that reads a [Shape] as JSON and writes a
// [Plan]: cmd/opencore-layout.
func Program(path string) Layout {
	return func(ctx context.Context, s *Shape) (*Plan, error) {
		in, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("layout: %w", err)
		}
		var out, problems bytes.Buffer
		cmd := exec.CommandContext(ctx, path)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &problems
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", path, err, bytes.TrimSpace(problems.Bytes()))
		}
		p := &Plan{}
		if err := json.Unmarshal(out.Bytes(), p); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(p.Boxes) != len(s.Boxes) || len(p.Wires) != len(s.Wires) {
			return nil, fmt.Errorf("%s: it gave another picture than it was asked for", path)
		}
		return p, nil
	}
}

// shape is what is to be laid out of the picture.
func (pic *Picture) shape(boxes, labels []Size, between, beside int) *Shape {
	s := &Shape{Boxes: boxes, Labels: labels, Between: between, Beside: beside}
	for _, e := range pic.Edges {
		s.Wires = append(s.Wires, [2]int{e.From, e.To})
	}
	return s
}
