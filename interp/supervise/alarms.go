package supervise

import (
	"container/heap"
	"time"
)

// Alarms call functions when their time has come. They belong to the loop of
// a run, which asks for the next and fires what is due: so all state has one
// goroutine, and nothing outlives the run.
type alarms struct {
	list  alarmHeap
	timer *time.Timer
}

// An alarm can be cancelled until it has fired.
type alarm struct {
	at   time.Time
	fire func() // nil once cancelled
}

func (a *alarm) cancel() {
	if a != nil {
		a.fire = nil
	}
}

// after arranges for fire to be called.
func (a *alarms) after(d time.Duration, fire func()) *alarm {
	one := &alarm{at: time.Now().Add(d), fire: fire}
	heap.Push(&a.list, one)
	return one
}

// next gives a channel that delivers when an alarm is due; nil if none is set.
func (a *alarms) next() <-chan time.Time {
	for len(a.list) > 0 && a.list[0].fire == nil {
		heap.Pop(&a.list)
	}
	if len(a.list) == 0 {
		return nil
	}
	d := time.Until(a.list[0].at)
	if a.timer == nil {
		a.timer = time.NewTimer(d)
	} else {
		a.timer.Reset(d)
	}
	return a.timer.C
}

// fire calls all that is due.
func (a *alarms) fire() {
	now := time.Now()
	for len(a.list) > 0 && !a.list[0].at.After(now) {
		one := heap.Pop(&a.list).(*alarm)
		if one.fire != nil {
			one.fire()
		}
	}
}

type alarmHeap []*alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarmHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *alarmHeap) Push(x any)        { *h = append(*h, x.(*alarm)) }
func (h *alarmHeap) Pop() any {
	last := len(*h) - 1
	one := (*h)[last]
	*h = (*h)[:last]
	return one
}
