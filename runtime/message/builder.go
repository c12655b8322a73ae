package message

import (
	"bytes"
	"slices"
)

// A builder puts records, lists and maps together from values that a decoder
// leaves on its stack. Its memory is used again from message to message.
type builder struct {
	values  []value // a stack: the fields of the records and the elements of the lists at hand
	scratch []byte  // what the values' data lies in
}

// keptValues is how many values a builder keeps memory for from one message to
// the next: a list of a million is rare, and its 40 MB are better given back.
const keptValues = 1 << 14

// reset forgets the message before.
func (b *builder) reset() {
	if cap(b.values) > keptValues {
		b.values = nil
	}
	b.values, b.scratch = b.values[:0], b.scratch[:0]
}

// push makes room for n absent values and gives the index of the first.
func (b *builder) push(n int) int {
	base := len(b.values)
	b.values = slices.Grow(b.values, n)[:base+n]
	clear(b.values[base:])
	return base
}

// take cuts what has been appended to scratch since start. Later growth of
// scratch leaves it as it is.
func (b *builder) take(start int) []byte { return b.scratch[start:len(b.scratch):len(b.scratch)] }

// endRecord makes the values from base on a record.
func (b *builder) endRecord(base int, r *record) ([]byte, error) {
	start := len(b.scratch)
	var err error
	b.scratch, err = r.append(b.scratch, b.values[base:])
	b.values = b.values[:base]
	if err == nil {
		err = fits(len(b.scratch)) // many small records with large defaults add up
	}
	return b.take(start), err
}

// endList puts the list of the values from base on together.
func (b *builder) endList(base int, elem *shape) ([]byte, error) {
	start := len(b.scratch)
	var err error
	b.scratch, err = appendList(b.scratch, elem, b.values[base:])
	b.values = b.values[:base]
	return b.take(start), err
}

// fewKeys is up to how many keys of a map it is quicker to compare each with
// the others than to hash them.
const fewKeys = 16

// pair finds the pair with this key, or makes one, and gives the index of its
// value. Among more than a few it makes one always.
func (b *builder) pair(base int, key []byte) (at int) {
	if len(b.values)-base < 2*fewKeys {
		for i := base; i < len(b.values); i += 2 {
			if bytes.Equal(b.values[i].data, key) {
				b.values[i+1] = value{}
				return i + 1
			}
		}
	}
	start := len(b.scratch)
	b.scratch = append(b.scratch, key...)
	at = b.push(2)
	b.values[at] = value{state: set, data: b.take(start)}
	return at + 1
}

// lastOfEachKey drops all but the last value of each key from pairs, and gives
// the new length.
func lastOfEachKey(pairs []value) int {
	if len(pairs) <= 2*fewKeys {
		return len(pairs) // pair has seen to it
	}
	end, places := 0, make(map[string]int, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		at, ok := places[string(pairs[i].data)]
		if !ok {
			at, end = end, end+2
			places[string(pairs[i].data)] = at
		}
		pairs[at], pairs[at+1] = pairs[i], pairs[i+1]
	}
	return end
}

func (b *builder) endDict(base int, pair *shape) ([]byte, error) {
	b.values = b.values[:base+lastOfEachKey(b.values[base:])]
	count := (len(b.values) - base) / 2
	for i := range count {
		start := len(b.scratch)
		var err error
		b.scratch, err = pair.record.append(b.scratch, b.values[base+2*i:base+2*i+2])
		if err != nil {
			return nil, err
		}
		b.values[base+i] = value{state: set, data: b.take(start)}
	}
	b.values = b.values[:base+count]
	return b.endList(base, pair)
}
