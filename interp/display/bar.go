package display

import (
	"io"

	"github.com/schollz/progressbar/v3"

	"github.com/ilpomo/opencore/interp/supervise"
)

// A bar shows how much of its input a run has read, on a terminal and where
// the size of a source is known.
type bar struct {
	w     io.Writer
	on    bool
	color bool
	total uint64
	drawn *progressbar.ProgressBar // nil as long as there is none
	shown bool                     // it stands on the screen
}

// show moves the bar; it reports whether there is one.
func (b *bar) show(p supervise.Progress) bool {
	if !b.on || p.Total == 0 {
		return false
	}
	if b.drawn == nil || b.total != p.Total { // another source has told its size
		b.clear()
		b.total = p.Total
		b.drawn = progressbar.NewOptions64(int64(p.Total),
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription("reading"),
			progressbar.OptionEnableColorCodes(b.color),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
		)
	}
	b.shown = true
	_ = b.drawn.Set64(int64(p.Done)) // fails only beyond the total
	return true
}

// clear takes the bar off the screen; the next show draws it again.
func (b *bar) clear() {
	if b.shown {
		b.shown = false
		_ = b.drawn.Clear() // fails only where writing does
	}
}
