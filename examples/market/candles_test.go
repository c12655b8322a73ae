package market

import (
	"slices"
	"testing"
	"time"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestCandles(t *testing.T) {
	candles := &Candles{}
	a := actortest.New(t, candles)
	must(t, a.Start())
	at := time.Date(2018, 2, 7, 9, 0, 0, 0, time.UTC)
	for i, price := range []float64{10, 12, 9, 11} {
		actortest.Send(a, candles.Prices, Price{Symbol: "eu.x", Price: price, At: at.Add(time.Duration(i) * time.Second)})
	}
	must(t, a.Tick(at))
	actortest.Send(a, candles.Prices, Price{Symbol: "eu.x", Price: 5, At: at.Add(time.Minute)})
	must(t, a.Stop())

	want := []Candle{
		{Symbol: "eu.x", At: at, Open: 10, High: 12, Low: 9, Close: 11, Prices: 4},
		{Symbol: "eu.x", At: at.Add(time.Minute), Open: 5, High: 5, Low: 5, Close: 5, Prices: 1},
	}
	if got := actortest.Sent(a, &candles.Candles); !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
