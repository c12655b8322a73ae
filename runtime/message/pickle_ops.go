package message

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// next takes the n bytes that follow.
func (u *unpickler) next(n uint64) ([]byte, error) {
	if n > uint64(len(u.in)-u.at) {
		return nil, errPickleShort
	}
	u.at += int(n)
	return u.in[u.at-int(n) : u.at], nil
}

// line takes what follows up to the end of the line.
func (u *unpickler) line() ([]byte, error) {
	n := bytes.IndexByte(u.in[u.at:], '\n')
	if n < 0 {
		return nil, errPickleShort
	}
	u.at += n + 1
	return u.in[u.at-n-1 : u.at-1], nil
}

// count takes a length of 1, 4 or 8 bytes.
func (u *unpickler) count(width uint64) (uint64, error) {
	b, err := u.next(width)
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:]), nil
}

func (u *unpickler) protocol() error {
	b, err := u.next(1)
	if err == nil && b[0] > 5 {
		return fmt.Errorf("pickle: protocol %d is not known", b[0])
	}
	return err
}

// frame passes over the length of a frame: how the bytes came in groups from
// a file is of no concern here.
func (u *unpickler) frame() error {
	_, err := u.next(8)
	return err
}

func refused(err error) instruction { return func(*unpickler) error { return err } }

// global says what would be imported.
func (u *unpickler) global() error {
	module, err := u.line()
	if err != nil {
		return err
	}
	name, err := u.line()
	if err != nil {
		return err
	}
	return refusedName(string(module), string(name))
}

func (u *unpickler) stackGlobal() error {
	n := len(u.stack)
	if n < 2 || u.stack[n-1].kind != textRef || u.stack[n-2].kind != textRef {
		return errPickle
	}
	return refusedName(u.textOf(u.stack[n-2]), u.textOf(u.stack[n-1]))
}

func refusedName(module, name string) error {
	return fmt.Errorf("pickle: %s is not data; %s", shown(module+"."+name), onlyData)
}

// textOf gives a string on the stack.
func (u *unpickler) textOf(r ref) string {
	d := packDecoder{in: u.scalars[r.start:r.end]}
	return string(d.bytes())
}

// scalar pushes what has been appended to scalars.
func (u *unpickler) scalar(kind refKind, scalars []byte) error {
	start := len(u.scalars)
	u.scalars = scalars
	u.stack = append(u.stack, ref{kind: kind, start: uint32(start), end: uint32(len(scalars))})
	return nil
}

func packed(code string) instruction {
	return func(u *unpickler) error { return u.scalar(scalarRef, append(u.scalars, code...)) }
}

func (u *unpickler) int(n int64) error { return u.scalar(scalarRef, packInteger(u.scalars, n)) }

// uint pushes an int beyond int64.
func (u *unpickler) uint(n uint64) error {
	return u.scalar(scalarRef, binary.BigEndian.AppendUint64(append(u.scalars, 0xcf), n))
}

func (u *unpickler) binInt1() error {
	b, err := u.next(1)
	if err != nil {
		return err
	}
	return u.int(int64(b[0]))
}

func (u *unpickler) binInt2() error {
	b, err := u.next(2)
	if err != nil {
		return err
	}
	return u.int(int64(binary.LittleEndian.Uint16(b)))
}

func (u *unpickler) binInt() error {
	b, err := u.next(4)
	if err != nil {
		return err
	}
	return u.int(int64(int32(binary.LittleEndian.Uint32(b))))
}

// intLine reads INT, which is also how protocol 0 writes bools.
func (u *unpickler) intLine() error {
	text, err := u.line()
	switch {
	case err != nil:
		return err
	case string(text) == "00":
		return u.scalar(scalarRef, append(u.scalars, 0xc2))
	case string(text) == "01":
		return u.scalar(scalarRef, append(u.scalars, 0xc3))
	}
	return u.decimal(text)
}

func (u *unpickler) longLine() error {
	text, err := u.line()
	if err != nil {
		return err
	}
	return u.decimal(bytes.TrimSuffix(text, []byte("L")))
}

func (u *unpickler) decimal(text []byte) error {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return u.int(n)
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return errPickleInt
	}
	return u.uint(n)
}

// long reads an int of any length, two's complement, little endian.
func (u *unpickler) long(b []byte) error {
	const most = 9 // a uint64 with room for its sign
	if len(b) > most {
		return errPickleInt
	}
	b = slices.Clone(b)
	slices.Reverse(b)
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	switch {
	case n.IsInt64():
		return u.int(n.Int64())
	case n.IsUint64():
		return u.uint(n.Uint64())
	}
	return errPickleInt
}

func (u *unpickler) binFloat() error {
	b, err := u.next(8)
	if err != nil {
		return err
	}
	return u.scalar(scalarRef, append(append(u.scalars, 0xcb), b...))
}

func (u *unpickler) floatLine() error {
	text, err := u.line()
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return errPickle
	}
	return u.scalar(scalarRef, binary.BigEndian.AppendUint64(append(u.scalars, 0xcb), math.Float64bits(f)))
}

// counted takes a length of so many bytes, and does what it is to do with as
// many bytes that follow.
func counted(width uint64, do func(*unpickler, []byte) error) instruction {
	return func(u *unpickler) error {
		n, err := u.count(width)
		if err != nil {
			return err
		}
		b, err := u.next(n)
		if err != nil {
			return err
		}
		return do(u, b)
	}
}

func (u *unpickler) text(b []byte) error {
	if !utf8.Valid(b) {
		return fmt.Errorf("pickle: a string is %w", errUTF8)
	}
	return u.scalar(textRef, packText(u.scalars, b))
}

func (u *unpickler) bytes(b []byte) error {
	return u.scalar(scalarRef, append(packLength(u.scalars, 0xc4, len(b)), b...))
}

// unicodeLine reads text as protocol 0 has it: Latin-1, and \u0000 or
// \U00000000 for what that does not have.
func (u *unpickler) unicodeLine() error {
	line, err := u.line()
	if err != nil {
		return err
	}
	var text strings.Builder
	for len(line) > 0 {
		r, n := rune(line[0]), 1
		if r == '\\' && len(line) > 1 && (line[1] == 'u' || line[1] == 'U') {
			if r, n = escaped(line); n == 0 {
				return errPickle
			}
		}
		text.WriteRune(r)
		line = line[n:]
	}
	return u.text([]byte(text.String()))
}

// escaped reads \u0000 or \U00000000; n is 0 where it is no character.
func escaped(line []byte) (r rune, n int) {
	n = 6
	if line[1] == 'U' {
		n = 10
	}
	if len(line) < n {
		return 0, 0
	}
	code, err := strconv.ParseUint(string(line[2:n]), 16, 32)
	if err != nil || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		return 0, 0
	}
	return rune(code), n
}

// empty pushes an empty container.
func empty(kind refKind) instruction {
	return func(u *unpickler) error { return u.contain(kind, nil) }
}

func (u *unpickler) contain(kind refKind, items container) error {
	if kind == dictRef && len(items)%2 != 0 {
		return errPickle
	}
	u.stack = append(u.stack, ref{kind: kind, start: uint32(len(u.containers))})
	u.containers = append(u.containers, items)
	return nil
}

func (u *unpickler) mark() error {
	u.marks = append(u.marks, len(u.stack))
	return nil
}

// marked takes what has been pushed since the last mark off the stack. It is
// to be used or copied before anything is pushed.
func (u *unpickler) marked() ([]ref, error) {
	if len(u.marks) == 0 {
		return nil, errPickle
	}
	at := u.marks[len(u.marks)-1]
	u.marks = u.marks[:len(u.marks)-1]
	items := u.stack[at:]
	u.stack = u.stack[:at]
	return items, nil
}

// top takes n values off the stack, but none from below the last mark.
func (u *unpickler) top(n int) ([]ref, error) {
	floor := 0
	if len(u.marks) > 0 {
		floor = u.marks[len(u.marks)-1]
	}
	at := len(u.stack) - n
	if at < floor {
		return nil, errPickle
	}
	items := u.stack[at:]
	u.stack = u.stack[:at]
	return items, nil
}

func gather(kind refKind) instruction {
	return func(u *unpickler) error {
		items, err := u.marked()
		if err != nil {
			return err
		}
		return u.contain(kind, slices.Clone(items))
	}
}

func tuple(n int) instruction {
	return func(u *unpickler) error {
		items, err := u.top(n)
		if err != nil {
			return err
		}
		return u.contain(listRef, slices.Clone(items))
	}
}

func extend(kind refKind) instruction {
	return func(u *unpickler) error {
		items, err := u.marked()
		if err != nil {
			return err
		}
		return u.add(kind, items)
	}
}

func (u *unpickler) appendOne() error {
	items, err := u.top(1)
	if err != nil {
		return err
	}
	return u.add(listRef, items)
}

func (u *unpickler) setItem() error {
	items, err := u.top(2)
	if err != nil {
		return err
	}
	return u.add(dictRef, items)
}

// add adds items to the container on top of the stack.
func (u *unpickler) add(kind refKind, items []ref) error {
	n := len(u.stack)
	if n == 0 || u.stack[n-1].kind != kind || kind == dictRef && len(items)%2 != 0 {
		return errPickle
	}
	c := &u.containers[u.stack[n-1].start]
	*c = append(*c, items...)
	return nil
}

func (u *unpickler) pop() error {
	_, err := u.top(1)
	if err != nil && len(u.marks) > 0 { // POP also removes a mark
		_, err = u.marked()
	}
	return err
}

func (u *unpickler) popMark() error {
	_, err := u.marked()
	return err
}

func (u *unpickler) dup() error {
	if len(u.stack) == 0 {
		return errPickle
	}
	u.stack = append(u.stack, u.stack[len(u.stack)-1])
	return nil
}

// remember puts the top of the stack into the memo. A pickle that is not
// meant to hurt has no places beyond the number of its bytes.
func (u *unpickler) remember(place uint64) error {
	if len(u.stack) == 0 || place > uint64(len(u.in)) {
		return errPickle
	}
	if n := int(place) + 1; n > len(u.memo) {
		u.memo = slices.Grow(u.memo, n-len(u.memo))
		clear(u.memo[len(u.memo):n])
		u.memo = u.memo[:n]
	}
	u.memo[place] = u.stack[len(u.stack)-1]
	return nil
}

func (u *unpickler) recall(place uint64) error {
	if place >= uint64(len(u.memo)) || u.memo[place].kind == noRef {
		return errPickle
	}
	u.stack = append(u.stack, u.memo[place])
	return nil
}

func (u *unpickler) memoize() error { return u.remember(uint64(len(u.memo))) }

func put(width uint64) instruction { return placed(width, (*unpickler).remember) }
func get(width uint64) instruction { return placed(width, (*unpickler).recall) }

func placed(width uint64, do func(*unpickler, uint64) error) instruction {
	return func(u *unpickler) error {
		place, err := u.count(width)
		if err != nil {
			return err
		}
		return do(u, place)
	}
}

func (u *unpickler) putLine() error { return u.placeLine((*unpickler).remember) }
func (u *unpickler) getLine() error { return u.placeLine((*unpickler).recall) }

func (u *unpickler) placeLine(do func(*unpickler, uint64) error) error {
	text, err := u.line()
	if err != nil {
		return err
	}
	place, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return errPickle
	}
	return do(u, place)
}
