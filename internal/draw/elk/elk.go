// Package elk lays pictures out with the engine ELK, as D2 brings it. It is
// slow, half a second for any picture, and large, so it belongs in a program of
// its own.
package elk

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2elklayout"
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/lib/geo"
	"oss.terrastruct.com/d2/lib/log"

	"github.com/ilpomo/opencore/internal/draw"
)

// Layout is a [draw.Layout].
func Layout(ctx context.Context, s *draw.Shape) (*draw.Plan, error) {
	options := d2elklayout.DefaultOpts
	options.NodeSpacing, options.EdgeNodeSpacing = s.Between, s.Beside
	g := graph(s)
	if len(g.Objects) > 0 {
		quiet := log.With(ctx, slog.New(slog.DiscardHandler))
		if err := d2elklayout.Layout(quiet, g, &options); err != nil {
			return nil, fmt.Errorf("layout: %w", err)
		}
	}
	p := &draw.Plan{}
	for _, o := range g.Objects {
		p.Boxes = append(p.Boxes, draw.Place{X: o.TopLeft.X, Y: o.TopLeft.Y})
	}
	for _, e := range g.Edges {
		var wire []draw.Place
		for _, at := range e.Route {
			wire = append(wire, draw.Place{X: at.X, Y: at.Y})
		}
		p.Wires = append(p.Wires, wire)
	}
	return p, nil
}

// graph gives a shape as D2 has it.
func graph(s *draw.Shape) *d2graph.Graph {
	g := d2graph.NewGraph()
	g.Root.Direction.Value = "right"
	for i, b := range s.Boxes {
		id := "n" + strconv.Itoa(i)
		o := &d2graph.Object{Graph: g, Parent: g.Root, ID: id, IDVal: id, Box: geo.NewBox(nil, b.Width, b.Height)}
		o.Shape.Value = d2target.ShapeRectangle
		o.WidthAttr = &d2graph.Scalar{Value: strconv.Itoa(int(b.Width))} // the size is not to be changed
		o.HeightAttr = &d2graph.Scalar{Value: strconv.Itoa(int(b.Height))}
		g.Root.ChildrenArray = append(g.Root.ChildrenArray, o)
		g.Objects = append(g.Objects, o)
	}
	for i, ends := range s.Wires {
		e := &d2graph.Edge{Index: i, Src: g.Objects[ends[0]], Dst: g.Objects[ends[1]], DstArrow: true}
		if s.Labels[i].Width > 0 {
			e.Label.Value = "label"
			e.LabelDimensions = d2target.TextDimensions{Width: int(s.Labels[i].Width), Height: int(s.Labels[i].Height)}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}
