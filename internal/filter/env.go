package filter

import (
	"unsafe"
)

// An env is what a compiled expression sees while it is evaluated.
type env struct {
	rec     []byte         // the message in its dense encoding, at least as long as its layout says
	mem     unsafe.Pointer // or the message as a Go struct
	topic   string
	elem    elem   // at hand in a predicate
	scratch []byte // holds computed strings and lists; cut back when they are used
}

// A ref points to a value with parts: in the dense encoding to its n bytes, in
// Go memory, where n is inMemory, to a variable.
type ref struct {
	p unsafe.Pointer
	n int
}

const inMemory = -1

// refTo points to dense bytes.
func refTo(b []byte) ref { return ref{unsafe.Pointer(unsafe.SliceData(b)), len(b)} }

// bytes gives the bytes of a dense value, which the caller must not change.
func (r ref) bytes() []byte { return unsafe.Slice((*byte)(r.p), r.n) }

// text gives them as a string that shares their memory.
func (r ref) text() string { return unsafe.String((*byte)(r.p), r.n) }

// refToText points to a string's bytes.
func refToText(s string) ref { return ref{unsafe.Pointer(unsafe.StringData(s)), len(s)} }

// An elem is a value of any type: not ok if it is null; else in bits if it is
// a bool, int, time, duration or enum, or a float's bits; in ref if it is a
// string, bytes or has parts.
type elem struct {
	bits int64
	ref  ref
	ok   bool
}

// Compiled expressions, by what kind of result they give; false is null.
type (
	condFn func(e *env) bool // null is false
	numFn  func(e *env) (int64, bool)
	fltFn  func(e *env) (float64, bool)
	strFn  func(e *env) (string, bool)
	refFn  func(e *env) (ref, bool)
	elemFn func(e *env) elem
)

// The limits on computed strings: one result, and all that an evaluation
// holds at a time. Beyond them a result is null.
const (
	maxResult  = 1 << 20
	maxScratch = 16 << 20
	keptBytes  = 64 << 10 // scratch that is kept for the next message
)

// result gives what has been appended to scratch since start, moved down to
// from, over what was needed to compute it.
func (e *env) result(from, start int) (string, bool) {
	n := len(e.scratch) - start
	if n > maxResult || len(e.scratch) > maxScratch {
		e.scratch = e.scratch[:from]
		return "", false
	}
	e.scratch = append(e.scratch[:from], e.scratch[start:]...)
	b := e.scratch[from:]
	return unsafe.String(unsafe.SliceData(b), n), true
}

// room reports whether a result of n bytes is allowed.
func (e *env) room(n int) bool { return n <= maxResult && len(e.scratch)+n <= maxScratch }

// reset makes the env ready for the next message and forgets this one.
func (e *env) reset() {
	e.rec, e.mem, e.topic = nil, nil, ""
	if len(e.scratch) > 0 || cap(e.scratch) > keptBytes {
		if e.scratch = e.scratch[:0]; cap(e.scratch) > keptBytes {
			e.scratch = nil
		}
	}
}
