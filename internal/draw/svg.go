package draw

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/goccy/go-graphviz"
)

// SVG draws the picture.
func (pic *Picture) SVG(ctx context.Context, w io.Writer) error {
	svg, err := layout(ctx, pic.dot(), graphviz.SVG)
	if err != nil {
		return err
	}
	_, err = w.Write(svg)
	return err
}

// layout has Graphviz lay a graph out.
func layout(ctx context.Context, dot string, as graphviz.Format) ([]byte, error) {
	g, err := graphviz.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	defer g.Close()
	graph, err := graphviz.ParseBytes([]byte(dot))
	if err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	defer graph.Close()
	var out bytes.Buffer
	if err := g.Render(ctx, graph, as, &out); err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	return out.Bytes(), nil
}
