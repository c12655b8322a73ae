package draw

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rivo/uniseg"
)

// Text draws the picture with the lines that a terminal has. Wires with
// something to say carry a number, and it is said below.
func (pic *Picture) Text(ctx context.Context, w io.Writer) error {
	plain, err := layout(ctx, pic.cells(), "plain")
	if err != nil {
		return err
	}
	c, err := pic.paint(plain)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for _, line := range c.lines() {
		fmt.Fprintln(out, line)
	}
	pic.legend(out)
	return out.Flush()
}

// A terminal's cells in Graphviz's inches: a box of n characters is n*column
// wide.
const (
	column = 0.1
	row    = 0.2
)

// cells writes the graph with boxes of whole cells and wires that run along
// them.
func (pic *Picture) cells() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph { graph [rankdir=LR, splines=ortho, nodesep=%g, ranksep=%g]\n", 2*row, 9*column)
	b.WriteString("node [shape=box, fixedsize=true, label=\"\"]\n")
	for i := range pic.Nodes {
		lines := pic.Nodes[i].text(true)
		fmt.Fprintf(&b, "n%d [width=%g, height=%g]\n", i, float64(widest(lines)+4)*column, float64(len(lines)+2)*row)
	}
	for _, e := range pic.Edges {
		fmt.Fprintf(&b, "n%d -> n%d\n", e.From, e.To)
	}
	b.WriteString("}\n")
	return b.String()
}

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

func widest(lines []string) int {
	most := 0
	for _, l := range lines {
		most = max(most, uniseg.StringWidth(l))
	}
	return most
}

// paint reads Graphviz's plain format and draws it: first the wires, then the
// boxes over them.
func (pic *Picture) paint(plain []byte) (*canvas, error) {
	c := &canvas{cells: map[point]cell{}}
	var height float64
	next := map[[2]int]int{} // how many wires between two nodes have been drawn
	for lines := bufio.NewScanner(bytes.NewReader(plain)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch words[0] {
		case "graph":
			fmt.Sscan(words[3], &height)
		case "node":
			var i int
			var centre place
			if _, err := fmt.Sscanf(strings.Join(words[1:4], " "), "n%d %g %g", &i, &centre.x, &centre.y); err != nil {
				return nil, fmt.Errorf("graphviz: %w", err)
			}
			centre.y = height - centre.y
			c.box(centre.cell(), pic.Nodes[i].text(true), pic.Nodes[i].Foreign)
		case "edge":
			if err := pic.wire(c, words, height, next); err != nil {
				return nil, fmt.Errorf("graphviz: %w", err)
			}
		}
	}
	return c, nil
}

// wire draws "edge n0 n1 COUNT x y x y …".
func (pic *Picture) wire(c *canvas, words []string, height float64, next map[[2]int]int) error {
	var ends [2]int
	var count int
	if _, err := fmt.Sscanf(strings.Join(words[1:4], " "), "n%d n%d %d", &ends[0], &ends[1], &count); err != nil {
		return err
	}
	path := make([]place, count)
	for i := range path {
		if _, err := fmt.Sscan(words[4+2*i]+" "+words[5+2*i], &path[i].x, &path[i].y); err != nil {
			return err
		}
		path[i].y = height - path[i].y
	}
	e := pic.edge(ends, next[ends])
	next[ends]++
	c.path(path, e)
	return nil
}

// edge finds the nth wire between two nodes, and its number.
func (pic *Picture) edge(ends [2]int, nth int) stroke {
	for i := range pic.Edges {
		e := &pic.Edges[i]
		if e.From == ends[0] && e.To == ends[1] {
			if nth == 0 {
				return stroke{number: pic.number(i), both: e.Kind == Pairs, dashed: e.Kind == Publishes}
			}
			nth--
		}
	}
	return stroke{}
}

// says is what the legend has on a wire; "" if nothing.
func (e *Edge) says() string {
	var words []string
	if e.Ports != "" {
		words = append(words, e.Ports)
	}
	switch {
	case e.Filter == "else":
		words = append(words, "else")
	case e.Filter != "":
		words = append(words, "where "+e.Filter)
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

// A place is in inches, from the top left.
type place struct{ x, y float64 }

func (p place) cell() point {
	return point{int(math.Round(p.x / column)), int(math.Round(p.y / row))}
}

// towards gives the step from one place to another, along the longer side.
func (p place) towards(q place) point {
	x, y := q.x-p.x, q.y-p.y
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
