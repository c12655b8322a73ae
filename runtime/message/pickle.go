package message

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// pickled is the codec of messages that are dicts, pickled by Python. It goes
// by way of MessagePack, whose walk and types hold for it too. What it writes
// is protocol 4, which Python reads since 3.4.
type pickled struct {
	pack *MessagePack
	in   unpickler
	out  pickler
	buf  []byte // the message in MessagePack
}

func newPickled(m *schema.Message) *pickled { return &pickled{pack: NewMessagePack(m)} }

func (c *pickled) Append(dst, payload []byte) ([]byte, error) {
	var err error
	if c.buf, err = c.pack.Append(c.buf[:0], payload); err != nil {
		return dst, err
	}
	return c.out.pickle(dst, c.buf), nil
}

func (c *pickled) Parse(dst, data []byte) ([]byte, error) {
	var err error
	if c.buf, err = c.in.unpickle(c.buf[:0], data); err != nil {
		return dst, err
	}
	return c.pack.Parse(dst, c.buf)
}

// A pickler writes MessagePack, which must have passed the walk, as what
// Python's pickle reads.
type pickler struct{ packDecoder }

func (p *pickler) pickle(dst, pack []byte) []byte {
	p.in, p.at = pack, 0
	dst = p.value(append(dst, 0x80, 4)) // PROTO
	p.in = nil
	return append(dst, '.') // STOP
}

func (p *pickler) value(dst []byte) []byte {
	c := p.in[p.at]
	switch {
	case isPackText(c):
		return pickleText(dst, p.bytes())
	case isPackBytes(c):
		b := p.bytes()
		return append(pickleLength(dst, 'C', 'B', len(b)), b...) // SHORT_BINBYTES, BINBYTES
	case isPackMap(c):
		return p.dict(dst)
	case isPackArray(c):
		return p.list(dst)
	case c == 0xc0:
		p.at++
		return append(dst, 'N') // NONE
	case c == 0xc2 || c == 0xc3:
		p.at++
		return append(dst, 0x89-c&1) // NEWFALSE, NEWTRUE
	case c == 0xca || c == 0xcb:
		f, _ := p.float(c)
		return binary.BigEndian.AppendUint64(append(dst, 'G'), math.Float64bits(f)) // BINFLOAT
	}
	return p.number(dst, c)
}

func (p *pickler) dict(dst []byte) []byte {
	dst = append(dst, '}', '(') // EMPTY_DICT, MARK
	for range p.length() {
		dst = p.value(p.value(dst))
	}
	return append(dst, 'u') // SETITEMS
}

func (p *pickler) list(dst []byte) []byte {
	dst = append(dst, ']', '(') // EMPTY_LIST, MARK
	for range p.length() {
		dst = p.value(dst)
	}
	return append(dst, 'e') // APPENDS
}

// number writes an int, or a timestamp, which is text in a pickle: Python's
// own times are objects, and we neither take nor make any.
func (p *pickler) number(dst []byte, c byte) []byte {
	if n, ok := p.int(c); ok {
		return pickleInt(dst, n)
	}
	if c == 0xcf { // beyond int64
		p.at += 9
		n := binary.BigEndian.Uint64(p.in[p.at-8:])
		return append(binary.LittleEndian.AppendUint64(append(dst, 0x8a, 9), n), 0) // LONG1
	}
	seconds, rest, length := p.timestamp(c)
	p.at += length
	return pickleText(dst, time.Unix(seconds, rest).UTC().AppendFormat(nil, time.RFC3339Nano))
}

func pickleInt(dst []byte, n int64) []byte {
	switch {
	case n >= 0 && n <= math.MaxUint8:
		return append(dst, 'K', byte(n)) // BININT1
	case n >= 0 && n <= math.MaxUint16:
		return binary.LittleEndian.AppendUint16(append(dst, 'M'), uint16(n)) // BININT2
	case n >= math.MinInt32 && n <= math.MaxInt32:
		return binary.LittleEndian.AppendUint32(append(dst, 'J'), uint32(n)) // BININT
	default:
		return binary.LittleEndian.AppendUint64(append(dst, 0x8a, 8), uint64(n)) // LONG1
	}
}

func pickleText(dst, text []byte) []byte {
	return append(pickleLength(dst, 0x8c, 'X', len(text)), text...) // SHORT_BINUNICODE, BINUNICODE
}

func pickleLength(dst []byte, short, long byte, n int) []byte {
	if n <= math.MaxUint8 {
		return append(dst, short, byte(n))
	}
	return binary.LittleEndian.AppendUint32(append(dst, long), uint32(n))
}
