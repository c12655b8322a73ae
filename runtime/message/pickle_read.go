package message

import (
	"errors"
	"math"
)

// An unpickler reads what Python's pickle writes of data, in protocols 0 to
// 5, as MessagePack. It is a machine with a stack and a memo, as Python's is,
// but its table has only the instructions that make data: those that import,
// call or build anything are refused, and nothing can be executed. No length is
// trusted. Memory is bounded by that of the input, times some forty in the worst
// case; what comes out, where parts of it are used more than once, by most.
type unpickler struct {
	in         []byte
	at         int    // of the next byte
	scalars    []byte // in MessagePack
	containers []container
	stack      []ref
	marks      []int // lengths of the stack
	memo       []ref
	most       int // length of what may come out
}

// A ref is a value on the stack or in the memo.
type ref struct {
	kind       refKind
	start, end uint32 // of a scalar in scalars; start alone: the index of a container
}

type refKind uint8

const (
	noRef refKind = iota // an unused place in the memo
	scalarRef
	textRef // a scalar too
	listRef // also a tuple or a set
	dictRef
)

// A container is a list, or a dict as keys and values by turns. It is
// referred to, since it may get into the memo before what is in it.
type container []ref

var (
	errPickle       = errors.New("pickle: not what Python's pickle writes")
	errPickleShort  = errors.New("pickle: ends before its end")
	errPickleLong   = errors.New("pickle: parts that it uses again and again make it too long")
	errPickleNested = errors.New("pickle: " + errDepth.Error())
	errPickleInt    = errors.New("pickle: an int of more than 64 bits")
	errPickleOld    = errors.New("pickle: a string of Python 2")
	errPickleRest   = errors.New("pickle: there are bytes behind the value")
	errPickleObject = errors.New("pickle: makes an object, and " + onlyData)
	errPickleBuffer = errors.New("pickle: refers to a buffer outside of it")
)

const onlyData = "only data is taken: dict, list, tuple, set, str, bytes, int, float, bool, None"

// leastMost is how long what is unpickled may be at least: as long as a
// message from outside by default.
const leastMost = 1 << 20

// keptPickle is up to which length of a pickle the memory that it took is kept
// for the next one.
const keptPickle = 64 << 10

// unpickle appends data as one MessagePack value, which has not passed the
// walk yet: text may not be UTF-8, and keys may be no strings.
func (u *unpickler) unpickle(dst, data []byte) ([]byte, error) {
	if uint64(len(data)) > math.MaxUint32/8 {
		return dst, errTooLong
	}
	*u = unpickler{
		in: data, most: len(dst) + max(leastMost, 4*len(data)),
		scalars: u.scalars[:0], containers: u.containers[:0], stack: u.stack[:0], marks: u.marks[:0], memo: u.memo[:0],
	}
	value, err := u.run()
	out := dst
	if err == nil {
		out, err = u.emit(dst, value, 1)
	}
	if u.in = nil; len(data) > keptPickle {
		*u = unpickler{}
	}
	if err != nil {
		return dst, err
	}
	return out, nil
}

// run runs the program and gives its result.
func (u *unpickler) run() (ref, error) {
	for u.at < len(u.in) {
		op := u.in[u.at]
		u.at++
		if op == '.' { // STOP
			return u.stop()
		}
		do := instructions[op]
		if do == nil {
			return ref{}, errPickle
		}
		if err := do(u); err != nil {
			return ref{}, err
		}
	}
	return ref{}, errPickleShort
}

func (u *unpickler) stop() (ref, error) {
	switch {
	case len(u.stack) != 1 || len(u.marks) > 0:
		return ref{}, errPickle
	case u.at < len(u.in):
		return ref{}, errPickleRest
	}
	return u.stack[0], nil
}

// emit appends a value as MessagePack. A list that contains itself is found
// by its depth.
func (u *unpickler) emit(dst []byte, r ref, depth int) ([]byte, error) {
	if r.kind <= textRef {
		dst = append(dst, u.scalars[r.start:r.end]...)
		if len(dst) > u.most {
			return dst, errPickleLong
		}
		return dst, nil
	}
	if depth > MaxDepth {
		return dst, errPickleNested
	}
	items := u.containers[r.start]
	if r.kind == dictRef {
		dst = packCount(dst, 0x80, 0xde, len(items)/2)
	} else {
		dst = packCount(dst, 0x90, 0xdc, len(items))
	}
	if len(dst) > u.most {
		return dst, errPickleLong
	}
	var err error
	for _, item := range items {
		if dst, err = u.emit(dst, item, depth+1); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// An instruction is what one byte of a pickle does; its arguments follow it.
type instruction func(*unpickler) error

// instructions has those that make data, by the names of Python's pickletools.
// Those that it lacks are unknown or refused by name, at its end.
var instructions = [256]instruction{
	0x80: (*unpickler).protocol, // PROTO
	0x95: (*unpickler).frame,    // FRAME

	'N':  packed("\xc0"), // NONE
	0x88: packed("\xc3"), // NEWTRUE
	0x89: packed("\xc2"), // NEWFALSE
	'I':  (*unpickler).intLine,
	'L':  (*unpickler).longLine,
	'K':  (*unpickler).binInt1,
	'M':  (*unpickler).binInt2,
	'J':  (*unpickler).binInt,
	0x8a: counted(1, (*unpickler).long), // LONG1
	0x8b: counted(4, (*unpickler).long), // LONG4
	'F':  (*unpickler).floatLine,
	'G':  (*unpickler).binFloat,

	'V':  (*unpickler).unicodeLine,
	0x8c: counted(1, (*unpickler).text),  // SHORT_BINUNICODE
	'X':  counted(4, (*unpickler).text),  // BINUNICODE
	0x8d: counted(8, (*unpickler).text),  // BINUNICODE8
	'C':  counted(1, (*unpickler).bytes), // SHORT_BINBYTES
	'B':  counted(4, (*unpickler).bytes), // BINBYTES
	0x8e: counted(8, (*unpickler).bytes), // BINBYTES8
	0x96: counted(8, (*unpickler).bytes), // BYTEARRAY8

	']':  empty(listRef),  // EMPTY_LIST
	')':  empty(listRef),  // EMPTY_TUPLE
	0x8f: empty(listRef),  // EMPTY_SET
	'}':  empty(dictRef),  // EMPTY_DICT
	'l':  gather(listRef), // LIST
	't':  gather(listRef), // TUPLE
	0x91: gather(listRef), // FROZENSET
	'd':  gather(dictRef), // DICT
	0x85: tuple(1),        // TUPLE1
	0x86: tuple(2),        // TUPLE2
	0x87: tuple(3),        // TUPLE3
	'a':  (*unpickler).appendOne,
	's':  (*unpickler).setItem,
	'e':  extend(listRef), // APPENDS
	0x90: extend(listRef), // ADDITEMS
	'u':  extend(dictRef), // SETITEMS

	'(': (*unpickler).mark,
	'0': (*unpickler).pop,
	'1': (*unpickler).popMark,
	'2': (*unpickler).dup,

	'p':  (*unpickler).putLine,
	'q':  put(1),
	'r':  put(4),
	0x94: (*unpickler).memoize,
	'g':  (*unpickler).getLine,
	'h':  get(1),
	'j':  get(4),

	'c':  (*unpickler).global,      // GLOBAL
	'i':  (*unpickler).global,      // INST
	0x93: (*unpickler).stackGlobal, // STACK_GLOBAL
	'S':  refused(errPickleOld),    // STRING
	'T':  refused(errPickleOld),    // BINSTRING
	'U':  refused(errPickleOld),    // SHORT_BINSTRING
	'R':  refused(errPickleObject), // REDUCE
	'b':  refused(errPickleObject), // BUILD
	'o':  refused(errPickleObject), // OBJ
	0x81: refused(errPickleObject), // NEWOBJ
	0x92: refused(errPickleObject), // NEWOBJ_EX
	0x82: refused(errPickleObject), // EXT1
	0x83: refused(errPickleObject), // EXT2
	0x84: refused(errPickleObject), // EXT4
	'P':  refused(errPickleObject), // PERSID
	'Q':  refused(errPickleObject), // BINPERSID
	0x97: refused(errPickleBuffer), // NEXT_BUFFER
	0x98: refused(errPickleBuffer), // READONLY_BUFFER
}
