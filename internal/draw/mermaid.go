package draw

import (
	"fmt"
	"io"
	"strings"
)

// Mermaid writes the picture as a Mermaid flowchart, which GitHub and others
// draw where it stands in Markdown.
func (pic *Picture) Mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, n := range pic.Nodes {
		shape := [2]string{"[", "]"}
		if n.Foreign {
			shape = [2]string{"([", "])"}
		}
		lines := append([]string{"<b>" + entities(n.Name) + "</b>"}, each(n.Lines, entities)...)
		if n.Finding != "" {
			lines = append(lines, entities(n.Finding))
		}
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, shape[0], strings.Join(lines, "<br/>"), shape[1])
	}
	for _, e := range pic.Edges {
		fmt.Fprintf(&b, "  n%d %s n%d\n", e.From, e.arrow(), e.To)
	}
	pic.marks(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// arrow gives the wire's arrow with its label.
func (e *Edge) arrow() string {
	arrow := [...]string{Hands: "-->", Publishes: "-.->", Asks: "o--o", Pairs: "<-->"}[e.Kind]
	words := each(e.words(), entities)
	if len(words) == 0 {
		return arrow
	}
	return arrow + `|"` + strings.Join(words, "<br/>") + `"|`
}

// marks colours what something was found about.
func (pic *Picture) marks(b *strings.Builder) {
	for i, n := range pic.Nodes {
		if n.Finding != "" {
			fmt.Fprintf(b, "  style n%d stroke:%s,stroke-width:2px\n", i, ink(n.Severe))
		}
	}
	for i, e := range pic.Edges {
		if e.Finding != "" {
			fmt.Fprintf(b, "  linkStyle %d stroke:%s,stroke-width:2px\n", i, ink(e.Severe))
		}
	}
}

// entities writes text so that Mermaid reads none of it as its own.
func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\"#;<>|[](){}`&", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func each(list []string, f func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}
