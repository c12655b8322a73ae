package draw

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rivo/uniseg"
)

// How an SVG looks, in points.
const (
	letter  = 7.2 // about as wide as one is
	leading = 15.0
	inset   = 12.0 // of text in a box
	margin  = 12.0 // around everything
	bend    = 6.0  // radius of a wire's corners
)

const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%.0f %.0f %.0f %.0f" width="%.0f" height="%.0f" font-family="Helvetica, Arial, sans-serif" font-size="11">
<title>%s</title>
<rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" fill="#ffffff"/>
`

// svgHeads are the heads of arrows, one for each colour.
const svgHeads = `<marker id="to%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0,0.8 L7.4,4 L0,7.2 Z" fill="#%s"/></marker>
`

// wireInk is the colour of wires about which nothing was found.
const wireInk = "#5b6b86"

// SVG draws the picture as an image.
func (pic *Picture) SVG(ctx context.Context, w io.Writer, layout Layout) error {
	sizes := make([]Size, len(pic.Nodes))
	for i := range pic.Nodes {
		lines := pic.Nodes[i].text(true)
		sizes[i] = Size{float64(widest(lines))*letter + 2*inset, float64(len(lines))*leading + inset}
	}
	labels := make([]Size, len(pic.Edges))
	for i := range pic.Edges {
		words := pic.Edges[i].words()
		labels[i] = Size{float64(widest(words)) * letter, float64(len(words)) * leading}
	}
	p, err := layout(ctx, pic.shape(sizes, labels, 50, 24))
	if err != nil {
		return err
	}
	var b strings.Builder
	from, to := p.extent(sizes, labels)
	fmt.Fprintf(&b, svgHead, from.X, from.Y, to.X-from.X, to.Y-from.Y, to.X-from.X, to.Y-from.Y, escape(pic.Title), from.X, from.Y, to.X-from.X, to.Y-from.Y)
	for _, colour := range []string{wireInk, ink(false), ink(true)} {
		fmt.Fprintf(&b, svgHeads, colour[1:], colour[1:])
	}
	for i := range pic.Edges {
		pic.Edges[i].draw(&b, p.Wires[i])
	}
	for i := range pic.Nodes {
		pic.Nodes[i].draw(&b, p.Boxes[i], sizes[i])
	}
	for i := range pic.Edges {
		pic.Edges[i].label(&b, p.Wires[i])
	}
	b.WriteString("</svg>\n")
	_, err = io.WriteString(w, b.String())
	return err
}

// extent gives the corners of the whole picture.
func (p *Plan) extent(sizes, labels []Size) (from, to Place) {
	from, to = Place{math.Inf(1), math.Inf(1)}, Place{math.Inf(-1), math.Inf(-1)}
	add := func(at Place) {
		from = Place{min(from.X, at.X-margin), min(from.Y, at.Y-margin)}
		to = Place{max(to.X, at.X+margin), max(to.Y, at.Y+margin)}
	}
	for i, at := range p.Boxes {
		add(at)
		add(Place{at.X + sizes[i].Width, at.Y + sizes[i].Height})
	}
	for i, wire := range p.Wires {
		for _, at := range wire {
			add(at)
		}
		if at, s := middle(wire), labels[i]; s != (Size{}) {
			add(Place{at.X - s.Width/2, at.Y - s.Height/2})
			add(Place{at.X + s.Width/2, at.Y + s.Height/2})
		}
	}
	if len(p.Boxes) == 0 {
		return Place{}, Place{2 * margin, 2 * margin}
	}
	return from, to
}

func (n *Node) draw(b *strings.Builder, at Place, s Size) {
	style, fill, stroke := "", "#f4f6fa", wireInk
	if n.Foreign {
		style, fill = ` stroke-dasharray="4 3"`, "#ffffff"
	}
	if n.Finding != "" {
		stroke = ink(n.Severe)
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6" fill="%s" stroke="%s"%s/>`+"\n", at.X, at.Y, s.Width, s.Height, fill, stroke, style)
	for i, line := range n.text(true) {
		look := ` fill="#44506a"`
		switch {
		case i == 0:
			look = ` font-weight="bold"`
		case strings.HasPrefix(line, "! "):
			look = ` fill="` + ink(n.Severe) + `"`
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle"%s>%s</text>`+"\n", at.X+s.Width/2, at.Y+inset/2+leading*(float64(i)+0.75), look, escape(line))
	}
}

// wireStyles are how the kinds of wires are drawn.
var wireStyles = [...]string{
	Hands:     "",
	Publishes: ` stroke-dasharray="6 4"`,
	Asks:      ` stroke-width="2"`,
	Pairs:     ` stroke-width="2"`,
}

func (e *Edge) draw(b *strings.Builder, wire []Place) {
	stroke, heads := wireInk, ""
	if e.Finding != "" {
		stroke = ink(e.Severe)
	}
	if e.Kind == Pairs {
		heads = fmt.Sprintf(` marker-start="url(#to%s)"`, stroke[1:])
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" marker-end="url(#to%s)"%s%s/>`+"\n", rounded(wire), stroke, stroke[1:], heads, wireStyles[e.Kind])
}

// rounded is a path with round corners.
func rounded(wire []Place) string {
	var b strings.Builder
	for i, at := range wire {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "M%.1f,%.1f", at.X, at.Y)
		case i == len(wire)-1:
			fmt.Fprintf(&b, " L%.1f,%.1f", at.X, at.Y)
		default:
			in, out := at.near(wire[i-1]), at.near(wire[i+1])
			fmt.Fprintf(&b, " L%.1f,%.1f Q%.1f,%.1f %.1f,%.1f", in.X, in.Y, at.X, at.Y, out.X, out.Y)
		}
	}
	return b.String()
}

// near is the point on the way to another one where a corner begins.
func (p Place) near(q Place) Place {
	x, y := q.X-p.X, q.Y-p.Y
	length := math.Hypot(x, y)
	if length == 0 {
		return p
	}
	part := min(bend, length/2) / length
	return Place{p.X + x*part, p.Y + y*part}
}

// label writes what stands beside a wire, in the middle of its longest piece
// across.
func (e *Edge) label(b *strings.Builder, wire []Place) {
	at := middle(wire)
	words := e.words()
	fill := "#44506a"
	if e.Finding != "" {
		fill = ink(e.Severe)
	}
	for i, word := range words {
		y := at.Y + leading*0.85*(float64(i)-float64(len(words)-1)/2) + 3.5
		for _, look := range []string{`stroke="#ffffff" stroke-width="4"`, `fill="` + fill + `"`} { // the wire must not run through it
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="10" %s>%s</text>`+"\n", at.X, y, look, escape(word))
		}
	}
}

// middle is the middle of a wire's longest piece across.
func middle(wire []Place) Place {
	var at Place
	longest := -1.0
	for i := 1; i < len(wire); i++ {
		a, z := wire[i-1], wire[i]
		if across := math.Abs(z.X - a.X); across > longest {
			longest, at = across, Place{(a.X + z.X) / 2, (a.Y + z.Y) / 2}
		}
	}
	return at
}

func widest(lines []string) int {
	most := 0
	for _, l := range lines {
		most = max(most, uniseg.StringWidth(l))
	}
	return most
}

// escape writes text within XML.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
