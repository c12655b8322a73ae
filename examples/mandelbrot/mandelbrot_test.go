package mandelbrot

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/ilpomo/opencore/runtime/actortest"
)

func TestRows(t *testing.T) {
	rows := &Rows{Height: 3}
	a := actortest.New(t, rows)
	if err := a.Run(a.Context()); err != nil {
		t.Fatal(err)
	}
	for y, row := range actortest.Sent(a, &rows.Rows) {
		if row.Y != int64(y) {
			t.Errorf("row %d is handed out as number %d", row.Y, y)
		}
	}
}

func TestPainterPaintsTheSet(t *testing.T) {
	painter := &Painter{Width: 30, Height: 20, Depth: 200}
	a := actortest.New(t, painter)
	actortest.Send(a, painter.Rows, Row{Y: 10}) // the real axis
	stripes := actortest.Sent(a, &painter.Stripes)
	if len(stripes) != 1 || len(stripes[0].Shades) != 30 {
		t.Fatalf("painted %v", stripes)
	}
	const left, zero = 0, 23 // -2.25 is outside the set, 0.05 inside
	if shades := stripes[0].Shades; shades[left] == 0 || shades[zero] != 0 {
		t.Errorf("shades along the real axis: %v", shades)
	}
}

func TestPictureWritesWhatItGot(t *testing.T) {
	picture := &Picture{Path: filepath.Join(t.TempDir(), "p.png"), Width: 2, Height: 2}
	a := actortest.New(t, picture)
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	actortest.Send(a, picture.Stripes, Stripe{Y: 1, Shades: []byte{7, 9}}, Stripe{Y: 0, Shades: []byte{1, 3}}, Stripe{Y: 2, Shades: []byte{0, 0}})
	if rejected := a.Rejected(); len(rejected) != 1 {
		t.Errorf("of rows 0, 1 and 2 of a picture two high are rejected: %v", rejected)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(picture.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint32{1, 3, 7, 9} {
		if got, _, _, _ := img.At(i%2, i/2).RGBA(); got>>8 != want {
			t.Errorf("pixel %d is %d, want %d", i, got>>8, want)
		}
	}
}

func TestPictureRefusesToBeHuge(t *testing.T) {
	a := actortest.New(t, &Picture{Path: "never.png", Width: 1 << 20, Height: 1})
	if err := a.Start(); err == nil {
		t.Error("a picture a million pixels wide starts")
	}
}
