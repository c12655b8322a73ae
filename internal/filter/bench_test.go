package filter

import (
	"fmt"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// order is the message of the design's measurements: fourteen fields, three
// of them in the filter.
var order = message("Order", []string{
	"id", "string", "amount", "float", "region", "string", "user", "string", "card", "string", "at", "time", "took", "duration",
	"items", "int", "coupon", "string?", "weight", "float?", "gift", "bool", "state", "enum(new, paid, sent)", "note", "string?", "retry", "int?",
})

var orderValue = object{
	"id": "a-1234567", "amount": 250.0, "region": "us", "user": "someone", "card": "4000123412341234", "at": time.Unix(1e9, 0), "took": time.Second,
	"items": 3, "gift": true, "state": "paid", "note": "leave it at the door", "retry": 2,
}

var benchmarked = []struct{ name, source string }{
	{"three", `amount > 100 && region in ["eu", "us"] && id startsWith "a"`},
	{"numbers", `amount > 100 && items < 10 && retry >= 1`},
	{"enum", `state == paid`},
}

func BenchmarkMatch(b *testing.B) {
	subject := newSubject(order, orderValue)
	for _, c := range benchmarked {
		onBytes, onStruct := mustCompile(b, c.source, &Scope{Message: order}, typeBool, nil)
		b.Run(c.name+"/bytes", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !onBytes.Match(subject.payload, "") {
					b.Fatal("no match")
				}
			}
		})
		b.Run(c.name+"/struct", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !onStruct.Match(subject.p, "") {
					b.Fatal("no match")
				}
			}
		})
	}
}

// BenchmarkMatchByVM is what the same costs on expr's own machine, reused, over
// fields that have been boxed already.
func BenchmarkMatchByVM(b *testing.B) {
	fields := map[string]any{"amount": 250.0, "region": "us", "id": "a-1234567", "items": 3, "retry": 2}
	for _, c := range benchmarked[:2] {
		b.Run(c.name, func(b *testing.B) {
			program, err := expr.Compile(c.source, expr.Env(fields))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			machine := vm.VM{}
			for b.Loop() {
				if yes, err := machine.Run(program, fields); err != nil || yes != true {
					b.Fatal(yes, err)
				}
			}
		})
	}
}

func BenchmarkAppendString(b *testing.B) {
	subject := newSubject(order, orderValue)
	onBytes, _ := mustCompile(b, `region + "/" + user`, &Scope{Message: order}, typeString, nil)
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		dst = onBytes.AppendString(dst[:0], subject.payload)
	}
}

// BenchmarkCheck checks filters of three fields.
func BenchmarkCheck(b *testing.B) {
	scope := &Scope{Message: order}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, problems := Check(fmt.Sprintf(`amount > %d && region in ["eu", "us"] && id startsWith "a"`, i), scope, typeBool); problems != nil {
			b.Fatal(problems)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	e, _ := Check(benchmarked[0].source, &Scope{Message: order}, typeBool)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Compile(nil); err != nil {
			b.Fatal(err)
		}
	}
}
