package draw

import (
	"fmt"
	"io"
	"strings"
)

// DOT writes the picture for Graphviz.
func (pic *Picture) DOT(w io.Writer) error {
	_, err := io.WriteString(w, pic.dot())
	return err
}

func (pic *Picture) dot() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quote(pic.Title))
	b.WriteString("  graph [rankdir=LR, nodesep=0.35, ranksep=0.7, fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, pad=0.2]\n")
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f6fa\", color=\"#5b6b86\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, margin=\"0.22,0.1\"]\n")
	b.WriteString("  edge [color=\"#5b6b86\", fontcolor=\"#44506a\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=9, arrowsize=0.7]\n")
	groups := map[string][]int{}
	var order []string
	for i, n := range pic.Nodes {
		fmt.Fprintf(&b, "  n%d [%s]\n", i, n.attributes())
		if n.Group != "" {
			if groups[n.Group] == nil {
				order = append(order, n.Group)
			}
			groups[n.Group] = append(groups[n.Group], i)
		}
	}
	for _, name := range order {
		writeGroup(&b, name, groups[name])
	}
	for _, e := range pic.Edges {
		fmt.Fprintf(&b, "  n%d -> n%d [%s]\n", e.From, e.To, e.attributes())
	}
	b.WriteString("}\n")
	return b.String()
}

func writeGroup(b *strings.Builder, name string, members []int) {
	fmt.Fprintf(b, "  subgraph %s { label=%s; style=\"rounded,dashed\"; color=\"#9aa6ba\";", quote("cluster "+name), quote("process "+name))
	for _, i := range members {
		fmt.Fprintf(b, " n%d;", i)
	}
	b.WriteString(" }\n")
}

// attributes says what a node looks like. Labels are plain text: within HTML
// Graphviz places each word for a font that may not be there.
func (n *Node) attributes() string {
	text := "label=" + quote(strings.Join(n.text(false), "\n"))
	if n.Foreign {
		text += `, style="rounded,filled,dashed", fillcolor="#ffffff"`
	}
	if n.Finding != "" {
		text += `, penwidth=1.6, color="` + ink(n.Severe) + `"`
	}
	return text
}

// edgeStyles are how the kinds of wires are drawn.
var edgeStyles = [...]string{
	Hands:     "style=solid",
	Publishes: "style=dashed",
	Asks:      `style=solid, dir=both, arrowtail=odot, arrowhead=normal`,
	Pairs:     "style=bold, dir=both",
}

func (e *Edge) attributes() string {
	text := edgeStyles[e.Kind]
	if lines := e.words(); len(lines) > 0 {
		text += ", label=" + quote(strings.Join(lines, "\n"))
	}
	if e.Finding != "" {
		text += `, penwidth=1.6, color="` + ink(e.Severe) + `", fontcolor="` + ink(e.Severe) + `"`
	}
	return text
}

// ink is the colour of findings.
func ink(severe bool) string {
	if severe {
		return "#c0392b"
	}
	return "#b9770e"
}

// quote writes a string as DOT does.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
