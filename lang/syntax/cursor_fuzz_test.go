package syntax_test

import (
	"testing"

	"github.com/ilpomo/opencore/lang/syntax"
)

func FuzzAt(f *testing.F) {
	for _, s := range []string{"graph main {\n  a = B(x: \"", "filter F on M = a && ", "actor A { pub p T topic `", "message M { a [", "}}}"} {
		f.Add(s, len(s))
	}
	f.Fuzz(func(t *testing.T, src string, at int) {
		if at < 0 || at > len(src) {
			return
		}
		if c := syntax.At(src, at); len(c.Around) == 0 {
			t.Error("there is nothing around")
		}
	})
}
