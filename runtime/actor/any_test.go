package actor

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAnyRoundTrip(t *testing.T) {
	at := time.Date(2018, 2, 1, 3, 4, 5, 678, time.UTC)
	long := strings.Repeat("x", 70_000)
	for _, v := range []any{
		nil, true, false, int64(0), int64(-1), int64(-33), int64(200), int64(-200), int64(40_000), int64(-40_000),
		int64(math.MaxInt64), int64(math.MinInt64), uint64(math.MaxUint64), 1.5, math.Inf(-1),
		"", "abc", long[:31], long[:32], long[:255], long[:256], long, []byte{}, []byte("a"), []byte(long[:300]), []byte(long),
		at, at.AddDate(900, 0, 0), []any{}, []any{int64(1), "a", []any{nil}}, make([]any, 16), make([]any, 70_000),
		map[string]any{}, map[string]any{"a": int64(1), "b": map[string]any{"c": nil}},
	} {
		got, err := DecodeAny(AppendAny(nil, v))
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%.60v comes back as %.60v, %v", v, got, err)
		}
	}
}

type word string

func (w word) MarshalText() ([]byte, error) { return []byte("the " + w), nil }

func TestAnyConverts(t *testing.T) {
	n := 7
	for _, test := range []struct{ in, want any }{
		{int8(-3), int64(-3)}, {uint16(9), int64(9)}, {float32(0.5), 0.5}, {time.Second, int64(time.Second)}, {&n, int64(7)}, {(*int)(nil), nil},
		{[]string{"a"}, []any{"a"}}, {[2]int{1, 2}, []any{int64(1), int64(2)}}, {map[string]int{"a": 1}, map[string]any{"a": int64(1)}}, {word("end"), "the end"},
	} {
		got, err := DecodeAny(AppendAny(nil, test.in))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%#v comes back as %#v, %v", test.in, got, err)
		}
	}
	one, other := AppendAny(nil, map[string]int{"a": 1, "b": 2, "c": 3}), AppendAny(nil, map[string]int{"c": 3, "b": 2, "a": 1})
	if !bytes.Equal(one, other) {
		t.Errorf("equal maps are written as %x and %x", one, other)
	}
}

func TestAnyPanics(t *testing.T) {
	deep := any(nil)
	for range 100 {
		deep = []any{deep}
	}
	for _, v := range []any{make(chan int), struct{}{}, map[int]int{}, deep} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "type any") {
					t.Errorf("%T: panic %v", v, p)
				}
			}()
			AppendAny(nil, v)
		}()
	}
}

// The forms that other writers use and AppendAny does not.
func TestDecodeAnyForeign(t *testing.T) {
	for in, want := range map[string]any{
		"\xca\x3f\x00\x00\x00": 0.5, "\xcc\xff": int64(255), "\xcd\x01\x00": int64(256), "\xce\x00\x00\x00\x07": int64(7), "\xe0": int64(-32),
		"\xd6\xff\x00\x00\x00\x02": time.Unix(2, 0).UTC(), "\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x02": time.Unix(2, 1).UTC(),
		"\xdc\x00\x01\xc0": []any{nil}, "\xde\x00\x01\xa1a\xc3": map[string]any{"a": true},
	} {
		if got, err := DecodeAny([]byte(in)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%x is %#v, %v, want %#v", in, got, err, want)
		}
	}
}

func TestDecodeAnyRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing": "", "a rest": "\xc0\xc0", "an array that lies": "\xdd\xff\xff\xff\xff\xc0", "bytes that lie": "\xc6\xff\xff\xff\xff",
		"a map that lies": "\xdf\xff\xff\xff\xff", "depth": strings.Repeat("\x91", 100) + "\xc0", "another key": "\x81\x01\x01", "half a key": "\x81\xa1",
		"unknown extension": "\xc7\x01\x05a", "never used": "\xc1", "no UTF-8": "\xa1\xff", "short float": "\xcb\x00", "nanoseconds": "\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"timestamp of 5": "\xc7\x05\xff12345", "ext 16": "\xc8\x00\x0c\xff",
	} {
		if v, err := DecodeAny([]byte(in)); err == nil {
			t.Errorf("%s is read as %v", name, v)
		}
	}
}

// FuzzDecodeAny holds that whatever is read is written such that it is read
// the same again.
func FuzzDecodeAny(f *testing.F) {
	for _, seed := range []string{"\xc0", "\x92\x01\xa1a", "\x81\xa1a\xcb\x00\x00\x00\x00\x00\x00\x00\x00", "\xd6\xff\x00\x00\x00\x02", "\xdd\xff\xff\xff\xff\xc0"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := DecodeAny(in)
		if err != nil {
			return
		}
		once := AppendAny(nil, v)
		again, err := DecodeAny(once)
		if err != nil || !bytes.Equal(AppendAny(nil, again), once) {
			t.Errorf("%x is read as %#v, then as %#v, %v", in, v, again, err)
		}
	})
}
