package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ilpomo/opencore/lang/syntax"
)

func TestAt(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", `"" 1[]`},
		{"me", `"me" 1[]`},
		{"message Quake { id string, mag fl", `"fl" 1[message Quake] 4[mag]`},
		{"actor A(every dur", `"dur" 1[actor A] 4[every]`},
		{"actor A {\n  pu", `"pu" 1[actor A] 2[]`},
		{"actor A {\n  pub out Quake\n  pull in Qu", `"Qu" 1[actor A] 2[pull in]`},
		{"actor A {\n  pub out Quake topic ne", `"ne" 1[actor A] 2[pub out Quake topic] expr "ne"`},
		{"graph main {\n  feed = file.Li", `"Li" 1[graph main] 3[feed = file .]`},
		{"graph main {\n  feed = file.", `"" 1[graph main] 3[feed = file .]`},
		{"graph main {\n  feed = file.Lines(pa", `"pa" 1[graph main] 3[feed = file.Lines] 0[]`},
		{"graph main {\n  feed = file.Lines(path: \"x\", fo", `"fo" 1[graph main] 3[feed = file.Lines] 0[]`},
		{"graph main {\n  feed = file.Lines(path: \"x\") re", `"re" 1[graph main] 3[feed = file.Lines (]`},
		{"graph main {\n  feed -> ", `"" 1[graph main] 3[feed ->]`},
		{"graph main {\n  feed -> a where ", `"" 1[graph main] 3[feed -> a where] expr ""`},
		{"graph main {\n  feed -> a where mag > 2 && fe", `"fe" 1[graph main] 3[feed -> a where mag > 2 &&] expr "mag > 2 && fe"`},
		{"graph main {\n  feed -> a where any(items, .pr", `"pr" 1[graph main] 3[feed -> a where any(items, .] expr "any(items, .pr"`},
		{"graph main {\n  feed -> a where place == \"Ja", `"Ja" 1[graph main] 3[feed -> a where place == "] expr "place == \"Ja" string`},
		{"graph main {\n  feed -> a where mag > 2\n  b", `"b" 1[graph main] 3[]`},
		{"graph main {\n  feed -> a {\n queue 3\n wh", `"wh" 1[graph main] 3[feed -> a] 6[]`},
		{"filter F on Quake = ma", `"ma" 1[filter F on Quake =] expr "ma"`},
		{"// what ab", `"ab" 1[] comment`},
		{"import \"com", `"com" 1[import "] string`},
		{"graph main {\n  x = A(\n  feed -> b\n  y", `"y" 1[graph main] 3[]`},
	} {
		c := syntax.At(test.text+" rest }", len(test.text))
		got := fmt.Sprintf("%q", c.Word)
		for _, a := range c.Around {
			got += fmt.Sprintf(" %d[%s]", a.Items, strings.Join(a.Item, " "))
		}
		if c.InExpr {
			got += fmt.Sprintf(" expr %q", c.Expr)
		}
		if c.InString {
			got += " string"
		}
		if c.InComment {
			got += " comment"
		}
		if got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}
