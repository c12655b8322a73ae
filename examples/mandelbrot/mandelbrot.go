// Package mandelbrot holds the actors of mandelbrot.actors: a source of rows,
// the painters that share them, and the picture that they end up in.
package mandelbrot

//go:generate go run ../../cmd/opencore compile --emit go

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"

	"github.com/ilpomo/opencore/runtime/actor"
)

// Rows is a source: it has no incoming ports, and works in Run.
type Rows struct {
	Height int64          // the parameter height
	Rows   actor.Out[Row] // the port rows
}

// Run hands out the rows. Its return is the end of the stream.
func (r *Rows) Run(ctx context.Context) error {
	for y := range r.Height {
		if err := r.Rows.Send(ctx, Row{Y: y}); err != nil {
			return err
		}
	}
	return nil
}

// A Painter paints rows of the Mandelbrot set.
type Painter struct {
	Width, Height int64             // the parameters width and height: of the picture, in pixels
	Depth         int64             // the parameter depth: after so many steps a point counts as inside
	Stripes       actor.Out[Stripe] // the port stripes
}

// Rows handles one message of the port rows.
func (p *Painter) Rows(ctx context.Context, row Row) error {
	shades := make([]byte, p.Width)
	for x := range shades {
		shades[x] = p.shade(int64(x), row.Y)
	}
	return p.Stripes.Send(ctx, Stripe{Y: row.Y, Shades: shades})
}

// shade is how light a pixel is: black inside the set, and the lighter the
// longer a point takes to leave.
func (p *Painter) shade(x, y int64) byte {
	scale := 3 / float64(p.Width)
	c := complex(float64(x)*scale-2.25, (float64(y)-float64(p.Height)/2)*scale)
	z := complex(0, 0)
	for step := range p.Depth {
		if real(z)*real(z)+imag(z)*imag(z) > 4 {
			return byte(min(255, 30+step*6))
		}
		z = z*z + c
	}
	return 0
}

// A Picture collects the rows of a picture.
type Picture struct {
	Path          string // the parameter path: of the PNG file
	Width, Height int64  // the parameters width and height

	image *image.Gray
}

// Start makes an empty picture.
func (p *Picture) Start(context.Context) error {
	if p.Width < 1 || p.Width > 1<<15 {
		return actor.BadParam("width", fmt.Errorf("a picture is 1 to %d pixels wide, not %d", 1<<15, p.Width))
	}
	if p.Height < 1 || p.Height > 1<<15 {
		return actor.BadParam("height", fmt.Errorf("a picture is 1 to %d pixels high, not %d", 1<<15, p.Height))
	}
	p.image = image.NewGray(image.Rect(0, 0, int(p.Width), int(p.Height)))
	return nil
}

// Stripes handles one message of the port stripes.
func (p *Picture) Stripes(_ context.Context, s Stripe) error {
	if s.Y < 0 || s.Y >= p.Height || int64(len(s.Shades)) != p.Width {
		return fmt.Errorf("row %d with %d pixels is not of this picture", s.Y, len(s.Shades))
	}
	copy(p.image.Pix[int(s.Y)*p.image.Stride:], s.Shades)
	return nil
}

// Stop writes the picture.
func (p *Picture) Stop(context.Context) error {
	f, err := os.Create(p.Path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, p.image), f.Close())
}
