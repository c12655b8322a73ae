package interp

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestObey(t *testing.T) {
	type said struct {
		after time.Duration
		os.Signal
	}
	for name, c := range map[string]struct {
		signals []said
		want    []string
	}{
		"none":            {nil, nil},
		"one":             {[]said{{0, syscall.SIGTERM}}, []string{"drain"}},
		"an echo":         {[]said{{0, syscall.SIGTERM}, {time.Millisecond, syscall.SIGTERM}}, []string{"drain"}},
		"two":             {[]said{{0, syscall.SIGINT}, {echo, syscall.SIGINT}}, []string{"drain", "at once"}},
		"different ones":  {[]said{{0, syscall.SIGINT}, {0, syscall.SIGTERM}}, []string{"drain", "at once"}},
		"an echo and two": {[]said{{0, syscall.SIGTERM}, {0, syscall.SIGTERM}, {time.Second, syscall.SIGTERM}}, []string{"drain", "at once"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []string
				signals, done, finished := make(chan os.Signal), make(chan struct{}), make(chan struct{})
				go func() {
					defer close(finished)
					obey(signals, done, func() { got = append(got, "drain") }, func() { got = append(got, "at once") })
				}()
				for _, s := range c.signals {
					time.Sleep(s.after) // of the bubble's clock
					signals <- s.Signal
				}
				close(done)
				<-finished
				if !slices.Equal(got, c.want) {
					t.Errorf("%v, want %v", got, c.want)
				}
			})
		})
	}
}
