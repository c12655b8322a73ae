package draw

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rivo/uniseg"
)

// Text draws the picture with the lines that a terminal has. Wires with
// something to say carry a number, and it is said below.
func (pic *Picture) Text(ctx context.Context, w io.Writer, layout Layout) error {
	sizes := make([]Size, len(pic.Nodes))
	for i := range pic.Nodes {
		lines := pic.Nodes[i].text(true)
		sizes[i] = Size{float64(widest(lines)+3) * column, float64(len(lines)+1) * row}
	}
	p, err := layout(ctx, pic.shape(sizes, make([]Size, len(pic.Edges)), 7*column, 4*column))
	if err != nil {
		return err
	}
	c := &canvas{cells: map[point]cell{}}
	for i := range pic.Edges {
		e := &pic.Edges[i]
		c.path(p.Wires[i], stroke{pic.number(i), e.Kind == Pairs, e.Kind == Publishes})
	}
	for i := range pic.Nodes {
		c.box(p.Boxes[i].cell(), pic.Nodes[i].text(true), pic.Nodes[i].Foreign)
	}
	out := bufio.NewWriter(w)
	for _, line := range c.lines() {
		fmt.Fprintln(out, line)
	}
	pic.legend(out)
	return out.Flush()
}

// A terminal's cell in points. Wires that run side by side are ten apart.
const (
	column = 5
	row    = 10
)

// text is what stands in a node's box; with its group, where no frame around
// them shows that.
func (n *Node) text(group bool) []string {
	lines := append([]string{n.Name}, n.Lines...)
	if group && n.Group != "" {
		lines = append(lines, "process "+n.Group)
	}
	if n.Finding != "" {
		lines = append(lines, "! "+n.Finding)
	}
	return lines
}

// says is what the legend has on a wire; "" if nothing.
func (e *Edge) says() string {
	var words []string
	if e.Ports != "" {
		words = append(words, e.Ports)
	}
	switch {
	case strings.HasPrefix(e.Filter, "else"):
		words = append(words, e.Filter)
	case e.Filter != "":
		words = append(words, "where "+e.Filter)
	}
	if e.Keeps != "" {
		words = append(words, e.Keeps)
	}
	if e.Finding != "" {
		words = append(words, "! "+e.Finding)
	}
	return strings.Join(words, ", ")
}

// number counts the wires that have something to say, up to one of them; 0 if
// it has nothing.
func (pic *Picture) number(edge int) int {
	if pic.Edges[edge].says() == "" {
		return 0
	}
	n := 0
	for i := range edge + 1 {
		if pic.Edges[i].says() != "" {
			n++
		}
	}
	return n
}

func (pic *Picture) legend(w io.Writer) {
	names := 0
	for i := range pic.Edges {
		if pic.number(i) > 0 {
			names = max(names, uniseg.StringWidth(pic.ends(i)))
		}
	}
	for i := range pic.Edges {
		if n := pic.number(i); n > 0 {
			ends := pic.ends(i)
			fmt.Fprintf(w, "%3d  %s%s  %s\n", n, ends, strings.Repeat(" ", names-uniseg.StringWidth(ends)), pic.Edges[i].says())
		}
	}
}

func (pic *Picture) ends(edge int) string {
	e := &pic.Edges[edge]
	return pic.Nodes[e.From].Name + " -> " + pic.Nodes[e.To].Name
}

func (p Place) cell() point {
	return point{int(math.Round(p.X / column)), int(math.Round(p.Y / row))}
}

// towards gives the step from one Place to another, along the longer side.
func (p Place) towards(q Place) point {
	x, y := q.X-p.X, q.Y-p.Y
	switch {
	case math.Abs(x) >= math.Abs(y) && x < 0:
		return point{-1, 0}
	case math.Abs(x) >= math.Abs(y):
		return point{1, 0}
	case y < 0:
		return point{0, -1}
	}
	return point{0, 1}
}
