package display

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/ilpomo/opencore/internal/printable"
	"github.com/ilpomo/opencore/interp/supervise"
	"github.com/ilpomo/opencore/runtime/spec"
)

// A column is a number of each wire.
type column struct {
	title string
	of    func(c spec.Counts) int64
	color *color.Color // of numbers other than 0
	rare  bool         // shown only where some wire has one
}

var columns = []column{
	{title: "offered", of: func(c spec.Counts) int64 { return int64(c.Offered) }},
	{title: "filtered", of: func(c spec.Counts) int64 { return int64(c.Filtered) }},
	{title: "delivered", of: func(c spec.Counts) int64 { return int64(c.Delivered) }},
	{title: "rejected", of: func(c spec.Counts) int64 { return int64(c.Rejected) }, color: yellow, rare: true},
	{title: "dropped", of: func(c spec.Counts) int64 { return int64(c.Dropped) }, color: yellow},
	{title: "lost", of: func(c spec.Counts) int64 { return c.Lost }, color: red},
	{title: "left", of: func(c spec.Counts) int64 { return int64(c.Left) }, color: yellow},
}

// maxRows is how many wires a table shows; of more, only those where
// something went another way than it should.
const maxRows = 40

// A row is one wire of a table.
type row struct {
	name   string
	counts spec.Counts
}

// table shows what became of the messages of each wire; nothing where no
// message was offered.
func (t *text) table(r *supervise.Result) []string {
	rows := t.rows(r)
	if !some(rows, columns[0]) {
		return nil
	}
	lines := make([]string, len(rows)+1)
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row.name))
	}
	lines[0] = fmt.Sprintf("%-*s", width, "wire")
	for i, row := range rows {
		lines[i+1] = fmt.Sprintf("%-*s", width, row.name)
	}
	for _, c := range columns {
		if !c.rare || some(rows, c) {
			t.addColumn(lines, rows, c)
		}
	}
	lines[0] = t.paint(faint, lines[0])
	if more := len(r.Wires) - len(rows); more > 0 {
		lines = append(lines, fmt.Sprintf("… %s more wires", grouped(more)))
	}
	return lines
}

// rows picks the wires to show.
func (t *text) rows(r *supervise.Result) []row {
	var rows []row
	for i, c := range r.Wires {
		odd := c.Rejected > 0 || c.Dropped > 0 || c.Lost != 0 || c.Left > 0
		if len(rows) < maxRows && (odd || len(r.Wires) <= maxRows) {
			rows = append(rows, row{printable.Text(t.plan.Wires[i].Name), c})
		}
	}
	return rows
}

func some(rows []row, c column) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return c.of(r.counts) != 0 })
}

// addColumn appends a column to the lines of a table, aligned to the right.
func (t *text) addColumn(lines []string, rows []row, c column) {
	width := len(c.title)
	for _, r := range rows {
		width = max(width, len(grouped(c.of(r.counts))))
	}
	lines[0] += fmt.Sprintf("  %*s", width, c.title)
	for i, r := range rows {
		cell := fmt.Sprintf("%*s", width, grouped(c.of(r.counts)))
		if c.of(r.counts) != 0 {
			cell = t.paint(c.color, cell)
		}
		lines[i+1] += "  " + cell
	}
}
