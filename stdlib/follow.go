package stdlib

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/ilpomo/opencore/runtime/actor"
)

// lookEvery is how often a followed file is looked at even if the system has
// said nothing: not every file system does.
const lookEvery = time.Second

// A follower reads a file and waits for more at its end. When another file
// takes its place, or it is emptied, reading ends once with errReplaced and
// goes on in the new one.
type follower struct {
	path   string
	in     *input
	offset int64 // in the file
	wait   func() error
}

// follow makes in wait at its end until ctx is done. What it needs for that
// is given back by stop.
func (in *input) follow(ctx context.Context, w *world, path string) (stop func()) {
	wait, stop := w.changes(ctx, path)
	f := &follower{path: path, in: in, wait: wait}
	in.data = readerFunc(func(p []byte) (int, error) { return f.read(ctx, p) })
	return stop
}

// changes gives a function that waits until something may have changed at
// path; its error says that ctx is done. stop gives back what that needs.
func (w *world) changes(ctx context.Context, path string) (wait func() error, stop func()) {
	changes, losses, unwatch := watch(path)
	ticks, unticks := w.ticks(lookEvery)
	wait = func() error {
		select {
		case <-ctx.Done():
			return errStopped
		case <-changes:
		case <-losses:
		case <-ticks:
		}
		return nil
	}
	return wait, func() {
		unticks()
		unwatch()
	}
}

// watch gives a channel that tells of changes near path, and one that tells
// that some were lost. Where the system can't watch, nothing ever comes.
func watch(path string) (changes <-chan fsnotify.Event, losses <-chan error, stop func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, nil, func() {}
	}
	// The folder is watched, so that a file that takes the place of another is
	// seen. If it can't be, the ticks remain.
	_ = w.Add(filepath.Dir(path))
	return w.Events, w.Errors, func() { w.Close() }
}

func (f *follower) read(ctx context.Context, p []byte) (int, error) {
	for {
		n, err := f.in.file.Read(p)
		if n > 0 {
			f.offset += int64(n)
			f.in.read = uint64(f.offset)
			return n, nil
		}
		if err != nil && err != io.EOF {
			return 0, err
		}
		replaced, n, err := f.replaced(ctx, p)
		if err != nil || n > 0 {
			return n, err
		}
		if replaced {
			return 0, errReplaced
		}
		if err := f.wait(); err != nil {
			return 0, err
		}
	}
}

// replaced looks whether the end that was reached is that of another file
// than the one that stands there now. What was written to the old one in
// between is read into p first.
func (f *follower) replaced(ctx context.Context, p []byte) (replaced bool, n int, err error) {
	old, err := f.in.file.Stat()
	if err != nil {
		return false, 0, err
	}
	if old.Size() < f.offset {
		actor.Log(ctx).Info("the file has been truncated and is read from its start", "path", f.path)
		f.offset, f.in.read = 0, 0
		_, err := f.in.file.Seek(0, io.SeekStart)
		return true, 0, err
	}
	now, err := os.Stat(f.path)
	if err != nil || os.SameFile(old, now) { // not there: a new one may come
		return false, 0, nil
	}
	if n, _ = f.in.file.Read(p); n > 0 {
		f.offset += int64(n)
		return false, n, nil
	}
	next, err := os.Open(f.path)
	if err != nil { // gone again
		return false, 0, nil
	}
	actor.Log(ctx).Info("the file has been replaced and the new one is read", "path", f.path)
	f.in.file.Close()
	f.in.file, f.offset, f.in.read = next, 0, 0
	return true, 0, nil
}
