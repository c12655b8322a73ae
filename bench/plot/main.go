// Plot draws docs/benchmarks.svg: how many times as fast as each of its peers
// opencore is, with the goals. It is a module of its own, so that nobody who
// uses opencore needs what it draws with.
//
//	plot benchmarks.json benchmarks.svg
package main

import (
	"encoding/json"
	"fmt"
	"image/color"
	"log"
	"os"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type outcome struct {
	Name, Metric string
	Less         bool
	Ours         []float64
	Rivals       []rival
}

type rival struct {
	Name   string
	Goal   float64
	Absent string
	Values []float64
}

// A bar is one comparison: times as fast, with the least and the most.
type bar struct {
	label               string
	least, median, most float64
	goal                float64
	noise               bool
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var results struct{ Outcomes []outcome }
	if err := json.Unmarshal(data, &results); err != nil {
		return err
	}
	var bars []bar
	for _, o := range results.Outcomes {
		bars = append(bars, o.bars()...)
	}
	slices.Reverse(bars) // the first is drawn at the bottom
	p, err := picture(bars)
	if err != nil {
		return err
	}
	return p.Save(28*vg.Centimeter, vg.Length(len(bars)+4)*0.55*vg.Centimeter, to)
}

// bars compares the outcome with each rival. Where less is better the ratio is
// turned over, so that more is always better in the picture.
func (o outcome) bars() []bar {
	var list []bar
	for _, r := range o.Rivals {
		var ratios []float64
		for i := range min(len(r.Values), len(o.Ours)) {
			x := o.Ours[i] / r.Values[i]
			if o.Less {
				x = 1 / x
			}
			ratios = append(ratios, x)
		}
		if len(ratios) == 0 {
			continue
		}
		slices.Sort(ratios)
		b := bar{
			label: o.title() + " / " + r.Name, goal: r.Goal, noise: r.Name == "opencore again",
			least: ratios[0], median: ratios[len(ratios)/2], most: ratios[len(ratios)-1],
		}
		if o.Less && b.goal > 0 {
			b.goal = 1 / b.goal
		}
		list = append(list, b)
	}
	return list
}

func (o outcome) title() string {
	if o.Metric == "" {
		return o.Name
	}
	return o.Name + ", " + o.Metric
}

var (
	green = color.RGBA{R: 46, G: 125, B: 50, A: 255}
	red   = color.RGBA{R: 198, G: 40, B: 40, A: 255}
	grey  = color.RGBA{R: 158, G: 158, B: 158, A: 255}
	blue  = color.RGBA{R: 21, G: 101, B: 192, A: 255}
)

// colour tells a goal that is met from one that is not.
func (b bar) colour() color.Color {
	switch {
	case b.noise:
		return grey
	case b.goal == 0:
		return blue
	case b.median >= b.goal:
		return green
	default:
		return red
	}
}

func picture(bars []bar) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "times as fast as (median and range; | is the goal; grey is opencore against itself)"
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticks{}
	p.Y.Tick.Label.XAlign = text.XRight
	p.Y.Tick.Label.Font.Size = vg.Points(8)
	p.X.Min, p.X.Max = 0.25, 2
	p.Y.Min, p.Y.Max = -0.7, float64(len(bars))-0.3
	grid := plotter.NewGrid()
	grid.Horizontal.Color = color.Gray{Y: 235}
	p.Add(grid) // first, so that it is behind all else
	var labels []plot.Tick
	for i, b := range bars {
		y := float64(i)
		labels = append(labels, plot.Tick{Value: y, Label: b.label})
		p.X.Min, p.X.Max = min(p.X.Min, b.least*0.9), max(p.X.Max, b.most*1.1, b.goal*1.1)
		if err := b.draw(p, y); err != nil {
			return nil, err
		}
	}
	p.Y.Tick.Marker = plot.ConstantTicks(labels)
	even, err := plotter.NewLine(plotter.XYs{{X: 1, Y: p.Y.Min}, {X: 1, Y: p.Y.Max}})
	if err != nil {
		return nil, err
	}
	p.Add(even)
	return p, nil
}

// draw draws the range as a line, the median as a point and the goal as a bar across.
func (b bar) draw(p *plot.Plot, y float64) error {
	spread, err := plotter.NewLine(plotter.XYs{{X: b.least, Y: y}, {X: b.most, Y: y}})
	if err != nil {
		return err
	}
	spread.Width, spread.Color = vg.Points(3), b.colour()
	median, err := plotter.NewScatter(plotter.XYs{{X: b.median, Y: y}})
	if err != nil {
		return err
	}
	median.GlyphStyle = draw.GlyphStyle{Color: b.colour(), Radius: vg.Points(4), Shape: draw.CircleGlyph{}}
	p.Add(spread, median)
	if b.goal == 0 {
		return nil
	}
	goal, err := plotter.NewLine(plotter.XYs{{X: b.goal, Y: y - 0.35}, {X: b.goal, Y: y + 0.35}})
	if err != nil {
		return err
	}
	goal.Width = vg.Points(2)
	p.Add(goal)
	return nil
}

// ticks are at 1, 2, 5, 10 and so on.
type ticks struct{}

// Ticks implements [plot.Ticker].
func (ticks) Ticks(least, most float64) []plot.Tick {
	var list []plot.Tick
	for power := 0.001; power <= most; power *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			if x := power * digit; x >= least && x <= most {
				list = append(list, plot.Tick{Value: x, Label: fmt.Sprintf("%.3g", x)})
			}
		}
	}
	return list
}
