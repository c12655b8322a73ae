package filter

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ilpomo/opencore/internal/schema"
)

// concat joins strings. What a kid computes in scratch lies behind what has
// been joined, so it can be moved down.
func (c *compiler) concat(kids []*node) strFn {
	parts := compileAll(kids, c.str)
	return func(e *env) (string, bool) {
		from := len(e.scratch)
		for _, part := range parts {
			to := len(e.scratch)
			s, ok := part(e)
			if !ok || to-from+len(s) > maxResult {
				e.scratch = e.scratch[:from]
				return "", false
			}
			e.scratch = append(e.scratch[:to], s...)
		}
		return e.result(from, from)
	}
}

// rewrite appends a changed string to scratch.
func rewrite(k strFn, appendTo func(dst []byte, s string) []byte) strFn {
	return func(e *env) (string, bool) {
		from := len(e.scratch)
		s, ok := k(e)
		if !ok || len(s) > maxResult {
			return "", false
		}
		start := len(e.scratch)
		e.scratch = appendTo(e.scratch, s)
		return e.result(from, start)
	}
}

func appendLower(dst []byte, s string) []byte { return appendMapped(dst, s, unicode.ToLower) }

func appendUpper(dst []byte, s string) []byte { return appendMapped(dst, s, unicode.ToUpper) }

func appendMapped(dst []byte, s string, mapping func(rune) rune) []byte {
	for _, r := range s {
		dst = utf8.AppendRune(dst, mapping(r))
	}
	return dst
}

// toString writes numbers as JSON does, times by RFC 3339 in UTC, durations as
// Go does and enums by name.
func (c *compiler) toString(k *node) strFn {
	switch k.t.Kind {
	case schema.String:
		return c.str(k)
	case schema.Float:
		return written(c.flt(k), appendFloat)
	case schema.Bool:
		return unary(c.num(k), func(v int64) (string, bool) { return strconv.FormatBool(v != 0), true })
	case schema.Enum:
		names := k.t.Enum.Values
		return unary(c.num(k), func(v int64) (string, bool) { return names[v], true })
	case schema.Time:
		return written(c.num(k), func(dst []byte, v int64) []byte {
			return time.Unix(0, v).UTC().AppendFormat(dst, time.RFC3339Nano)
		})
	case schema.Duration:
		return written(c.num(k), func(dst []byte, v int64) []byte { return append(dst, time.Duration(v).String()...) })
	}
	return written(c.num(k), func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) })
}

// written appends a value to scratch.
func written[T any, F ~func(*env) (T, bool)](k F, appendTo func(dst []byte, v T) []byte) strFn {
	return func(e *env) (string, bool) {
		from := len(e.scratch)
		v, ok := k(e)
		if !ok {
			return "", false
		}
		start := len(e.scratch)
		e.scratch = appendTo(e.scratch, v)
		return e.result(from, start)
	}
}

// appendFloat writes a float as encoding/json does: with an exponent only
// where it is very large or very small.
func appendFloat(dst []byte, f float64) []byte {
	if size := max(f, -f); size == 0 || size >= 1e-6 && size < 1e21 || f != f {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); strings.HasSuffix(string(dst[n-4:n-1]), "e-0") {
		dst = append(dst[:n-2], dst[n-1])
	}
	return dst
}

func (c *compiler) join(kids []*node) strFn {
	list, s := c.ref(kids[0])
	if s == nil {
		return func(*env) (string, bool) { return "", false }
	}
	separator := func(*env) (string, bool) { return "", true }
	if len(kids) > 1 {
		separator = c.str(kids[1])
	}
	return func(e *env) (string, bool) {
		from := len(e.scratch)
		r, ok := list(e)
		between, bok := separator(e)
		if !ok || !bok {
			return "", false
		}
		return e.join(from, s, r, between)
	}
}

// join appends the elements of a list; nulls are left out.
func (e *env) join(from int, s shape, r ref, between string) (string, bool) {
	start, n := len(e.scratch), 0
	length, ok := s.count(r)
	for i := range length {
		v := s.at(r, i)
		if !v.ok {
			continue
		}
		if !e.room(len(e.scratch) - start + len(between) + v.ref.n) {
			ok = false
			break
		}
		if n > 0 {
			e.scratch = append(e.scratch, between...)
		}
		e.scratch = append(e.scratch, v.ref.text()...)
		n++
	}
	if !ok {
		e.scratch = e.scratch[:from]
		return "", false
	}
	return e.result(from, start)
}

func (c *compiler) replace(kids []*node) strFn {
	text, old, new := c.str(kids[0]), c.str(kids[1]), c.str(kids[2])
	return func(e *env) (string, bool) {
		from := len(e.scratch)
		s, ok := text(e)
		o, ook := old(e)
		n, nok := new(e)
		if !ok || !ook || !nok {
			return "", false
		}
		count := strings.Count(s, o)
		if !e.room(len(s) + count*(len(n)-len(o))) {
			return "", false
		}
		start := len(e.scratch)
		e.scratch = appendReplaced(e.scratch, s, o, n, count)
		return e.result(from, start)
	}
}

// appendReplaced does what [strings.ReplaceAll] does; old is count times in s.
func appendReplaced(dst []byte, s, old, new string, count int) []byte {
	for i := range count {
		at := 0
		if old != "" {
			at = strings.Index(s, old)
		} else if i > 0 {
			_, at = utf8.DecodeRuneInString(s)
		}
		dst = append(append(dst, s[:at]...), new...)
		s = s[at+len(old):]
	}
	return append(dst, s...)
}

// split makes a list of strings in the dense encoding.
func (c *compiler) split(kids []*node) refFn {
	text, separator := c.str(kids[0]), c.str(kids[1])
	return func(e *env) (ref, bool) {
		s, ok := text(e)
		between, bok := separator(e)
		if !ok || !bok {
			return ref{}, false
		}
		n := strings.Count(s, between) + 1
		if between == "" {
			n = utf8.RuneCountInString(s)
		}
		if !e.room(countSize + 4*n + len(s)) {
			return ref{}, false
		}
		return e.split(s, between, n), true
	}
}

func (e *env) split(s, between string, n int) ref {
	w := e.newList(typeString, n)
	for i := range n {
		at := strings.Index(s, between)
		if between == "" {
			_, at = utf8.DecodeRuneInString(s)
		}
		if i == n-1 && between != "" || at < 0 {
			at = len(s)
		}
		e.scratch = append(e.scratch, s[:at]...)
		w.end(e, i)
		s = s[min(at+len(between), len(s)):]
	}
	return w.ref(e)
}
