package cli

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/ilpomo/opencore/lang/syntax"
	"github.com/ilpomo/opencore/stdlib"
)

var standardForm = regexp.MustCompile(`^([a-z]+)(\.[A-Z][A-Za-z]*)?$`)

// standardName gives the name that arg means in the standard library, as in
// "file.Lines", "file" or "stdlib/file.actors", which notes speak of; "" if it
// means something else. What is there as a file or folder is meant itself.
func standardName(arg string) string {
	if _, err := os.Stat(arg); err == nil {
		return ""
	}
	if pack, ok := strings.CutPrefix(arg, "stdlib/"); ok {
		return strings.TrimSuffix(pack, extension)
	}
	parts := standardForm.FindStringSubmatch(arg)
	if parts == nil {
		return ""
	}
	if _, known := standardSource(parts[1]); !known && parts[2] == "" {
		return ""
	}
	return arg
}

// explainStandard prints the declaration of a standard actor or message with
// its comments, or all of a package.
func (c *command) explainStandard(arg string) error {
	pack, name, one := strings.Cut(arg, ".")
	src, ok := standardSource(pack)
	if !ok {
		return fmt.Errorf("there is no package %q in the standard library%s", pack, didYouMean(pack, standardPackages(), "; it has "+strings.Join(standardPackages(), ", ")))
	}
	if one {
		text, names := declaration(src, name)
		if text == nil {
			return fmt.Errorf("there is no %q in the standard library%s", arg, didYouMean(name, names, "; "+pack+" has "+strings.Join(names, ", ")))
		}
		src = text
	}
	_, err := fmt.Fprintf(c.out, "%s\n", bytes.TrimSpace(src))
	return err
}

// declaration cuts the actor, message or enum called name out of a file, with
// the comment above it; nil if there is none, and then which there are.
func declaration(src []byte, name string) (text []byte, names []string) {
	file, _ := syntax.Parse("", src)
	for _, d := range file.Decls {
		named := declared(d)
		if named == nil {
			continue
		}
		if named.Text == name {
			span := d.Span()
			return src[commentAbove(src, span.Start.Offset):span.End.Offset], nil
		}
		names = append(names, named.Text)
	}
	return nil, names
}

// standardNames gives the names of a package of the standard library, as
// programs write them; none if there is no such package.
func standardNames(pack string) []string {
	src, _ := standardSource(pack)
	_, names := declaration(src, "")
	for i, name := range names {
		names[i] = pack + "." + name
	}
	return names
}

func declared(d syntax.Decl) *syntax.Name {
	switch d := d.(type) {
	case *syntax.Actor:
		return d.Name
	case *syntax.Message:
		return d.Name
	case *syntax.Enum:
		return d.Name
	default:
		return nil
	}
}

// commentAbove gives where the doc comment begins that ends on the line above
// the one at which at is.
func commentAbove(src []byte, at int) int {
	for at > 0 {
		above := bytes.LastIndexByte(src[:at-1], '\n') + 1
		if !bytes.HasPrefix(src[above:], []byte("///")) {
			break
		}
		at = above
	}
	return at
}

func standardSource(pack string) ([]byte, bool) {
	src, err := stdlib.Sources.ReadFile(pack + extension)
	return src, err == nil
}

func standardPackages() []string {
	entries, err := stdlib.Sources.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("bug: the embedded library has no folder: %v", err))
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), extension))
	}
	return names
}
