package build

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ilpomo/opencore/internal/schema"
)

// assigned spells the default of a field as it stands behind its type: "" if
// the field must be given.
func (w *pyWriter) assigned(f *schema.Field) string {
	switch {
	case f.Required():
		return ""
	case f.Default == "":
		return " = None"
	}
	decoder := json.NewDecoder(strings.NewReader(f.Default))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		panic("bug: default " + f.Default + ": " + err.Error())
	}
	text := w.value(f.Type, v)
	switch {
	case text == "[]" || text == "{}" || v == nil: // msgspec copies empty ones
	case f.Type.Kind == schema.List || f.Type.Kind == schema.Map || f.Type.Kind == schema.Record || text[0] == '[' || text[0] == '{':
		text = "msgspec.field(default_factory=lambda: " + text + ")"
	}
	return " = " + text
}

// value spells a value of type t, given in the form that values have outside,
// as a Python expression.
func (w *pyWriter) value(t *schema.Type, v any) string {
	if v == nil {
		return "None"
	}
	switch t.Kind {
	case schema.Enum:
		class := w.enums[t.Enum]
		return class.name + "." + class.members[v.(string)]
	case schema.Time:
		return pyTime(v.(string))
	case schema.Float:
		return pyFloat(v)
	case schema.Bytes:
		return pyBytes(v.(string))
	case schema.List:
		return w.list(t.Elem, v.([]any))
	case schema.Map:
		return w.dict(t.Elem, v.(map[string]any))
	case schema.Record:
		return w.record(t.Message, v.(map[string]any))
	default:
		return w.plainValue(t, v)
	}
}

// plainValue spells what looks the same in JSON and in Python.
func (w *pyWriter) plainValue(t *schema.Type, v any) string {
	switch v := v.(type) {
	case bool:
		return capital(strconv.FormatBool(v))
	case json.Number:
		return v.String()
	case string:
		return pyString(v)
	case []any:
		return w.list(t, v)
	case map[string]any:
		return w.dict(t, v)
	default:
		panic(fmt.Sprintf("bug: a default of type %T", v))
	}
}

func (w *pyWriter) list(elem *schema.Type, list []any) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = w.value(elem, v)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func (w *pyWriter) dict(elem *schema.Type, pairs map[string]any) string {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		texts = append(texts, pyString(key)+": "+w.value(elem, pairs[key]))
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

func (w *pyWriter) record(m *schema.Message, fields map[string]any) string {
	var texts []string
	names := w.fieldNames(m)
	for i := range m.Fields {
		f := &m.Fields[i]
		if v, ok := fields[f.Outside()]; ok {
			texts = append(texts, names[i]+"="+w.value(f.Type, v))
		}
	}
	return w.classes[m] + "(" + strings.Join(texts, ", ") + ")"
}

// pyTime spells a time, in the microseconds that Python counts.
func pyTime(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic("bug: default " + text + ": " + err.Error())
	}
	t = t.UTC()
	parts := []int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1000}
	for len(parts) > 3 && parts[len(parts)-1] == 0 {
		parts = parts[:len(parts)-1]
	}
	return "datetime.datetime(" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(parts)), ", "), "[]") + ", tzinfo=datetime.timezone.utc)"
}

// pyFloat spells a float; what JSON has no number for stands there as text.
func pyFloat(v any) string {
	number, ok := v.(json.Number)
	if !ok {
		return fmt.Sprintf("float(%q)", v)
	}
	text := number.String()
	if !strings.ContainsAny(text, ".eE") {
		text += ".0"
	}
	return text
}

// pyBytes spells bytes that stand in base64.
func pyBytes(text string) string {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic("bug: default " + text + ": " + err.Error())
	}
	var b strings.Builder
	for _, c := range data {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c >= ' ' && c <= '~':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return `b"` + b.String() + `"`
}

// pyString spells a string. What JSON writes for one means the same in Python
// but for characters beyond 16 bits, which stay as they are.
func pyString(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic("bug: a string has no JSON: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
