package draw

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// A canvas is a drawing of characters, of any Size.
type canvas struct {
	cells  map[point]cell
	labels []label
	heads  []head
	width  int
	height int
}

type point struct{ x, y int }

// A cell is one character: some text, or a piece of lines that leave it
// towards its neighbours.
type cell struct {
	text   string
	lines  direction
	dashed bool
}

// A direction is a set of neighbours.
type direction uint8

const (
	up direction = 1 << iota
	down
	left
	right
)

// strokes are the characters of lines by the neighbours that they lead to.
var strokes = [16]string{
	up: "│", down: "│", up | down: "│", left: "─", right: "─", left | right: "─",
	up | right: "╰", up | left: "╯", down | right: "╭", down | left: "╮",
	up | down | right: "├", up | down | left: "┤", left | right | up: "┴", left | right | down: "┬",
	up | down | left | right: "┼",
}

// A stroke is how a wire is drawn.
type stroke struct {
	number int // 0: none
	both   bool
	dashed bool
}

// A head is the head of an arrow.
type head struct {
	at   point
	step point
}

// A label is a number on a wire.
type label struct {
	places []point // the best first: where several wires run as one, they are taken by turns
	text   string
}

func (c *canvas) line(p point, d direction, dashed bool) {
	old := c.cells[p]
	c.set(p, cell{text: old.text, lines: old.lines | d, dashed: dashed && (old.lines == 0 || old.dashed)})
}

func (c *canvas) set(p point, to cell) {
	c.cells[p] = to
	c.width, c.height = max(c.width, p.x+1), max(c.height, p.y+1)
}

// path draws a wire along straight pieces.
func (c *canvas) path(places []Place, s stroke) {
	for i := 1; i < len(places); i++ {
		c.piece(places[i-1].cell(), places[i].cell(), s.dashed)
	}
	ends := slices.Compact(slices.Clone(places))
	n := len(ends)
	if n < 2 {
		return
	}
	c.heads = append(c.heads, head{ends[n-1].cell(), ends[n-2].towards(ends[n-1])})
	if s.both {
		c.heads = append(c.heads, head{ends[0].cell(), ends[1].towards(ends[0])})
	}
	if s.number > 0 {
		c.labels = append(c.labels, label{middles(places), strconv.Itoa(s.number)})
	}
}

// middles gives those of a wire's pieces across, the longest first.
func middles(places []Place) []point {
	var across [][2]point
	for i := 1; i < len(places); i++ {
		if from, to := places[i-1].cell(), places[i].cell(); from.y == to.y {
			across = append(across, [2]point{from, to})
		}
	}
	slices.SortStableFunc(across, func(p, q [2]point) int {
		return cmp.Compare(abs(q[1].x-q[0].x), abs(p[1].x-p[0].x))
	})
	var list []point
	for _, p := range across {
		list = append(list, point{(p[0].x + p[1].x) / 2, p[0].y})
	}
	return list
}

// number writes a label where there is room for it; on another one if there is
// none.
func (c *canvas) number(l label) {
	if len(l.places) == 0 {
		return
	}
	at := slices.IndexFunc(l.places, func(p point) bool {
		return c.cells[p].text == "" && c.cells[point{p.x + len(l.text) - 1, p.y}].text == ""
	})
	c.write(l.places[max(at, 0)], l.text)
}

// piece draws from one point to another: across first, then up or down.
func (c *canvas) piece(from, to point, dashed bool) {
	for p := from; p.x != to.x; {
		step := sign(to.x - p.x)
		out, in := right, left
		if step < 0 {
			out, in = left, right
		}
		c.line(p, out, dashed)
		p.x += step
		c.line(p, in, dashed)
	}
	for p := (point{to.x, from.y}); p.y != to.y; {
		step := sign(to.y - p.y)
		out, in := down, up
		if step < 0 {
			out, in = up, down
		}
		c.line(p, out, dashed)
		p.y += step
		c.line(p, in, dashed)
	}
}

// point draws the head, in the last cell before the box that it leads to.
func (c *canvas) point(h head) {
	at := h.at
	for c.cells[at].text != "" {
		at = point{at.x - h.step.x, at.y - h.step.y}
	}
	c.set(at, cell{text: map[point]string{{1, 0}: "▶", {-1, 0}: "◀", {0, 1}: "▼", {0, -1}: "▲"}[h.step]})
}

// box draws a box with text.
func (c *canvas) box(corner point, lines []string, dashed bool) {
	width, height := widest(lines)+4, len(lines)+2
	x, y := corner.x, corner.y
	for i := range height {
		for j := range width {
			c.set(point{x + j, y + i}, cell{text: " "})
		}
	}
	c.frame(x, y, x+width-1, y+height-1, dashed)
	for i, line := range lines {
		c.write(point{x + 2, y + 1 + i}, line)
	}
}

func (c *canvas) frame(x0, y0, x1, y1 int, dashed bool) {
	across, along := "─", "│"
	if dashed {
		across, along = "╌", "┊"
	}
	for x := x0 + 1; x < x1; x++ {
		c.set(point{x, y0}, cell{text: across})
		c.set(point{x, y1}, cell{text: across})
	}
	for y := y0 + 1; y < y1; y++ {
		c.set(point{x0, y}, cell{text: along})
		c.set(point{x1, y}, cell{text: along})
	}
	c.set(point{x0, y0}, cell{text: "┌"})
	c.set(point{x1, y0}, cell{text: "┐"})
	c.set(point{x0, y1}, cell{text: "└"})
	c.set(point{x1, y1}, cell{text: "┘"})
}

// write puts text into cells. What is two columns wide takes two of them.
func (c *canvas) write(p point, text string) {
	for g := uniseg.NewGraphemes(text); g.Next(); {
		c.set(p, cell{text: g.Str()})
		for range g.Width() - 1 {
			p.x++
			c.cells[p] = cell{text: "\x00"}
		}
		p.x++
	}
}

// lines gives the drawing, without what is empty around it.
func (c *canvas) lines() []string {
	for _, h := range c.heads {
		c.point(h)
	}
	for _, l := range c.labels {
		c.number(l)
	}
	top, first := c.corner()
	var out []string
	for y := top; y < c.height; y++ {
		var b strings.Builder
		for x := first; x < c.width; x++ {
			b.WriteString(c.cells[point{x, y}].String())
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

// corner gives the first row and column that are drawn in.
func (c *canvas) corner() (row, column int) {
	row, column = c.height, c.width
	for p := range c.cells {
		row, column = min(row, p.y), min(column, p.x)
	}
	return row, column
}

// String gives the cell's character.
func (k cell) String() string {
	switch {
	case k.text == "\x00":
		return ""
	case k.text != "":
		return k.text
	case k.lines == 0:
		return " "
	case k.dashed && k.lines&^(left|right) == 0:
		return "╌"
	case k.dashed && k.lines&^(up|down) == 0:
		return "┊"
	}
	return strokes[k.lines]
}

func abs(x int) int { return max(x, -x) }

func sign(x int) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}
