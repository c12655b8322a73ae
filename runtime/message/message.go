// Package message translates messages between the dense encoding, which
// travels between our own processes (internal/schema, layout.go), and the
// forms they have outside: JSON, CSV and lines of text in files, MessagePack,
// JSON, pickles and raw bytes in frames. It validates bytes
// from outside before anything is decoded, and it is the only package that
// knows MessagePack, which is also how a field of type any is encoded.
//
// A message type is compiled once, by New…; reading and writing then look at
// no map but that of field names, and allocate nothing in the steady state
// (values of type any apart). A reader or writer serves one goroutine.
//
// Read [Codec] first, and [JSONReader] for files; record.go has what all share. Generated code
// encodes Go values by itself and needs none of this.
//
// # Values outside
//
// Fields go by their outside names, and unknown ones are ignored. A field that is absent
// takes its default, else null; a required one that is absent makes the message
// malformed. An explicit null stays null, and is malformed where the type is
// not optional. Of a name that comes twice, the last value counts.
//
//	int        a JSON number; 1.0 and 1e3 are taken for the ints they are,
//	           below 2^53, since many programs write whole numbers so
//	float      a JSON number, or "NaN", "Infinity", "-Infinity"
//	time       RFC 3339, the years 1678 to 2262; written in UTC
//	duration   nanoseconds, or text like "1.5s"; written as nanoseconds
//	bytes      base64, with padding
//	enum       the value's name
//	any        whatever JSON can say; numbers are ints where they can be
//
// MessagePack has types of its own: time is written as its timestamp, and RFC 3339 is
// read too; bytes are bin; duration is an int, and text is read too; a float
// may be any number, also NaN; an int also a float that is whole, below 2^53. A pickle has
// no type for time, which is text there; its bytes are bytes.
//
// Nesting is at most [MaxDepth] deep, and text is UTF-8.
package message

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxDepth is how deep messages, lists, maps and values of type any may nest.
const MaxDepth = 64

// maxDense is how long the dense encoding of a message may be. It can be far
// longer than what it was read from, since fields that are absent have their
// room and their defaults in it. It is 64 MiB of data, and what their encoding
// adds.
const maxDense = 64<<20 + 4<<10

var (
	errUTF8    = errors.New("not valid UTF-8")
	errDepth   = fmt.Errorf("nested more than %d deep", MaxDepth)
	errTooLong = fmt.Errorf("longer than %d MiB", maxDense>>20)
)

// A fieldError says which field is wrong. It reads `field "card.number": x is
// not an int`.
type fieldError struct {
	path string // "card.number", "items[3].price"; "" where there is no field yet
	text string // with what stands between it and the path: ": x is not an int", " is missing"
}

func (e *fieldError) Error() string {
	if e.path == "" {
		return strings.TrimLeft(e.text, ": ")
	}
	return fmt.Sprintf("field %q%s", e.path, e.text)
}

// within puts a field's name, "[3]" of a list or a map's key in front of the
// path of err.
func within(name string, err error) error {
	e, ok := err.(*fieldError)
	if !ok {
		return &fieldError{path: name, text: ": " + err.Error()}
	}
	switch {
	case e.path == "":
		e.path = name
	case e.path[0] == '[':
		e.path = name + e.path
	default:
		e.path = name + "." + e.path
	}
	return e
}

// shown gives text from outside as it may stand in an error: short, without
// control characters, in quotes.
func shown(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}
