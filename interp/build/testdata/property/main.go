// Command property checks the codecs of random message types. The test that
// runs it generates types.go beside it, and generated.go, by an overlay.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"

	"github.com/ilpomo/opencore/internal/schema"
	"github.com/ilpomo/opencore/interp/build/testdata/oracle"
	"github.com/ilpomo/opencore/runtime/message"
)

// types is the program's messages as JSON; made has a maker for each.
// Both are in types.go.
func main() {
	var set schema.Set
	if err := json.Unmarshal([]byte(types), &set); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r := rand.New(rand.NewPCG(5, 6))
	checked := 0
	for name, m := range set {
		for range 200 {
			checked++
			if problem := oracle.Check(r, m, made[name]); problem != "" {
				fmt.Printf("message %s: %s differs\n", name, problem)
				os.Exit(1)
			}
			v := made[name]()
			oracle.Fill(r, m, reflect.ValueOf(v).Elem())
			if err := message.Validate(m, v.AppendMessage(nil)); err != nil {
				fmt.Printf("message %s is not valid: %v\n", name, err)
				os.Exit(1)
			}
		}
	}
	fmt.Printf("checked %d messages\n", checked)
}
