package filter

import (
	"testing"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// A word is reserved if and only if a field of that name can't be compared.
func TestReservedWord(t *testing.T) {
	words := []string{"count", "len", "any", "float", "string", "topic", "map", "now", "none", "id"}
	for word := range reservedWords {
		words = append(words, word)
	}
	for _, word := range words {
		m := &schema.Message{Name: "M", Fields: []schema.Field{{Name: word, Type: &schema.Type{Kind: schema.Int}}}}
		_, problems := Check(word+" == 3", &Scope{Message: m}, nil)
		if (len(problems) > 0) != ReservedWord(word) {
			t.Errorf("ReservedWord(%q) is %v, and as a field it has the problems %v", word, ReservedWord(word), problems)
		}
	}
}

func TestParseTime(t *testing.T) {
	got, err := ParseTime("2018-02-01")
	if want := time.Date(2018, 2, 1, 0, 0, 0, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ParseTime("1500-01-01"); err == nil {
		t.Error("the year 1500 is read as a time")
	}
}
