package orders

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestDeskBillsWhatTheBookSays(t *testing.T) {
	desk := &Desk{}
	a := actortest.New(t, desk)
	actortest.Answer(a, &desk.Price, func(q Query) (Quote, error) {
		if q.Item == "unobtainium" {
			return Quote{}, errors.New("nobody knows")
		}
		return Quote{Item: q.Item, Price: 2.5}, nil
	})
	actortest.Send(a, desk.Orders, Order{ID: 1, Item: "tea", Amount: 4}, Order{ID: 2, Item: "unobtainium", Amount: 1})

	want := []Bill{{Order: 1, Item: "tea", Amount: 4, Total: 10}}
	if got := actortest.Sent(a, &desk.Bills); !slices.Equal(got, want) {
		t.Errorf("bills %v, want %v", got, want)
	}
	if rejected := a.Rejected(); len(rejected) != 1 {
		t.Errorf("rejected %v, want the one without a price", rejected)
	}
}

func TestBookAnswers(t *testing.T) {
	book := &Book{Prices: pricesFile(t, "item,price\ntea,2.5\n"), Forgetful: true}
	a := actortest.New(t, book)
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	forgotten := actortest.Request(a, book.Price, Query{Item: "tea"})
	if got, err := actortest.Request(a, book.Price, Query{Item: "tea"}).Reply(); err != nil || got.Price != 2.5 {
		t.Errorf("tea costs %v, %v", got.Price, err)
	}
	if _, err := actortest.Request(a, book.Price, Query{Item: "saffron"}).Reply(); err == nil {
		t.Error("the book knows what saffron costs")
	}
	if forgotten.Answered() {
		t.Error("a forgetful book answers the first question")
	}
}

func TestBookNeedsItsPrices(t *testing.T) {
	for _, path := range []string{
		filepath.Join(t.TempDir(), "none.csv"),
		pricesFile(t, ""),
		pricesFile(t, "item,price\nrice,cheap\n"),
	} {
		if err := actortest.New(t, &Book{Prices: path}).Start(); err == nil {
			t.Errorf("a book with the prices of %s starts", path)
		}
	}
}

func pricesFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prices.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
