package display

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ilpomo/opencore/interp/supervise"
)

// A screen that somebody looks at, or not.
type screen struct {
	looked  chan struct{} // closed: somebody does
	events  int
	dropped int
	result  *supervise.Result
}

func (s *screen) Event(supervise.Event)      { <-s.looked; s.events++ }
func (s *screen) Dropped(records int)        { s.dropped += records }
func (s *screen) Result(r *supervise.Result) { <-s.looked; s.result = r }

func TestWhoeverReadsLateGetsWhatFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{looked: make(chan struct{})}
		q := NewQueue(s)
		q.Event(supervise.Running{})
		synctest.Wait() // that one is being shown
		long := line(feed, "INFO", strings.Repeat("x", maxWaiting/10), nil)
		for range 30 {
			q.Event(long)
			q.Event(supervise.Progress{})
		}
		q.Event(supervise.Draining{})
		close(s.looked)
		res := &supervise.Result{}
		q.Result(res, nil)
		if want := 1 + 9 + 1; s.events != want || s.dropped != 21 || s.result != res {
			t.Errorf("%d events, %d dropped, %v; want %d, 21 and the result", s.events, s.dropped, s.result, want)
		}
	})
}

func TestNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{looked: make(chan struct{})}
		q := NewQueue(s)
		q.Event(supervise.Running{})
		hurry := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			q.Result(&supervise.Result{}, hurry)
		}()
		time.Sleep(time.Hour)
		select {
		case <-ended:
			t.Error("it did not wait for its reader")
		default:
		}
		close(hurry)
		<-ended
		close(s.looked)
		synctest.Wait()
	})
}
