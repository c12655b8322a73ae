package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/ilpomo/opencore/runtime/spec"
)

// maxLogText is the longest text of a log record, in bytes.
const maxLogText = 48 << 10

// A logHandler sends log records to the supervisor.
type logHandler struct {
	up     *upward
	attrs  []slog.Attr
	groups []string
}

// Enabled implements [slog.Handler]. The supervisor decides what is shown.
func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements [slog.Handler].
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	l := &spec.Log{Time: r.Time, Level: r.Level.String(), Message: cut(r.Message, maxLogText)}
	var own []slog.Attr
	r.Attrs(func(a slog.Attr) bool {
		own = append(own, a)
		return true
	})
	attrs := append(slices.Clip(h.attrs), h.grouped(own)...)
	if len(attrs) > 0 {
		l.Attrs = map[string]any{}
		for _, a := range attrs {
			addAttr(l.Attrs, a)
		}
	}
	h.up.log(l)
	return nil
}

// WithAttrs implements [slog.Handler].
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{h.up, append(slices.Clip(h.attrs), h.grouped(attrs)...), h.groups}
}

// grouped puts attributes into the handler's groups.
func (h *logHandler) grouped(attrs []slog.Attr) []slog.Attr {
	for _, g := range slices.Backward(h.groups) {
		attrs = []slog.Attr{{Key: g, Value: slog.GroupValue(attrs...)}}
	}
	return attrs
}

// WithGroup implements [slog.Handler].
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &logHandler{h.up, h.attrs, append(slices.Clip(h.groups), name)}
}

// addAttr adds an attribute in a form that JSON can say.
func addAttr(to map[string]any, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		if a.Key != "" {
			to[a.Key] = attrValue(v)
		}
		return
	}
	group := to
	if a.Key != "" {
		old, ok := to[a.Key].(map[string]any)
		if !ok {
			old = map[string]any{}
			to[a.Key] = old
		}
		group = old
	}
	for _, inner := range v.Group() {
		addAttr(group, inner)
	}
}

func attrValue(v slog.Value) any {
	switch v.Kind() {
	case slog.KindDuration:
		return v.Duration().String()
	case slog.KindString:
		return cut(v.String(), maxLogText)
	case slog.KindAny:
		switch x := v.Any().(type) {
		case error:
			return cut(x.Error(), maxLogText)
		case []byte:
			return cut(string(x), maxLogText)
		default:
			if _, err := json.Marshal(x); err != nil {
				return fmt.Sprint(x)
			}
		}
	}
	return v.Any()
}

// cut cuts a text that is too long to be read by anybody.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return text[:limit] + "…"
}
