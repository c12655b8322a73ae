package filter

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/ilpomo/opencore/internal/schema"
)

// The tests write messages as maps from field name to nil, bool, int, float64,
// string (enum values too), []byte, time.Time, time.Duration, []any and
// map[string]any (messages and maps), and encode them as documented in schema.

type object = map[string]any

func encode(m *schema.Message, v object) []byte {
	var presence []bool
	var slots, data []byte
	for _, f := range m.Fields {
		value := v[f.Name]
		if f.Type.Optional {
			presence = append(presence, value != nil)
		}
		slots, data = encodeValue(f.Type, value, slots, data)
	}
	return slices.Concat(packBits(presence), slots, data)
}

func packBits(bits []bool) []byte {
	b := make([]byte, (len(bits)+7)/8)
	for i, set := range bits {
		if set {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func encodeValue(t *schema.Type, v any, slots, data []byte) (newSlots, newData []byte) {
	if t.HasData() {
		data = append(data, encodeData(t, v)...)
		return binary.LittleEndian.AppendUint32(slots, uint32(len(data))), data
	}
	if t.SlotSize() == 1 {
		return append(slots, byte(encodeBits(t, v))), data
	}
	return binary.LittleEndian.AppendUint64(slots, encodeBits(t, v)), data
}

func encodeBits(t *schema.Type, v any) uint64 {
	switch v := v.(type) {
	case bool:
		return uint64(truth(v))
	case int:
		if t.Kind == schema.Float {
			return math.Float64bits(float64(v))
		}
		return uint64(v)
	case float64:
		return math.Float64bits(v)
	case time.Time:
		return uint64(v.UnixNano())
	case time.Duration:
		return uint64(v)
	case string:
		return uint64(t.Enum.Index(v))
	}
	return 0
}

func encodeData(t *schema.Type, v any) []byte {
	switch v := v.(type) {
	case string:
		if t.Kind == schema.Any {
			return append([]byte{0xa0 | byte(len(v))}, v...) // MessagePack's short string
		}
		return []byte(v)
	case []byte:
		return v
	case object:
		if t.Kind == schema.Record {
			return encode(t.Message, v)
		}
		var entries []any
		for k, value := range v {
			entries = append(entries, object{"key": k, "value": value})
		}
		return encodeElements(&schema.Type{Kind: schema.Record, Message: t.Entry()}, entries)
	case []any:
		return encodeElements(t.Elem, v)
	}
	switch {
	case t.Optional:
		return nil
	case t.Kind == schema.Any:
		return []byte{messagePackNil}
	case t.Kind == schema.List || t.Kind == schema.Map:
		return make([]byte, countSize)
	case t.Kind == schema.Record:
		return encode(t.Message, nil)
	}
	return nil
}

func encodeElements(elem *schema.Type, list []any) []byte {
	var presence []bool
	var slots, data []byte
	for _, v := range list {
		if elem.Optional {
			presence = append(presence, v != nil)
		}
		slots, data = encodeValue(elem, v, slots, data)
	}
	return slices.Concat(binary.LittleEndian.AppendUint32(nil, uint32(len(list))), packBits(presence), slots, data)
}

// goType is the Go type that generated code has for a type.
func goType(t *schema.Type) reflect.Type {
	g := map[schema.Kind]reflect.Type{
		schema.String: reflect.TypeFor[string](), schema.Bool: reflect.TypeFor[bool](), schema.Int: reflect.TypeFor[int64](),
		schema.Float: reflect.TypeFor[float64](), schema.Bytes: reflect.TypeFor[[]byte](), schema.Time: reflect.TypeFor[time.Time](),
		schema.Duration: reflect.TypeFor[time.Duration](), schema.Any: reflect.TypeFor[any](), schema.Enum: reflect.TypeFor[uint8](),
	}[t.Kind]
	switch t.Kind {
	case schema.List:
		g = reflect.SliceOf(goType(t.Elem))
	case schema.Map:
		g = reflect.MapOf(reflect.TypeFor[string](), goType(t.Elem))
	case schema.Record:
		g = goStruct(t.Message)
	}
	if t.Optional {
		g = reflect.PointerTo(g)
	}
	return g
}

func goStruct(m *schema.Message) reflect.Type {
	fields := make([]reflect.StructField, len(m.Fields))
	for i, f := range m.Fields {
		fields[i] = reflect.StructField{Name: schema.GoName(f.Name), Type: goType(f.Type)}
	}
	return reflect.StructOf(fields)
}

// goMessage makes a Go struct of a message.
func goMessage(m *schema.Message, v object) unsafe.Pointer {
	p := reflect.New(goStruct(m))
	setRecord(p.Elem(), m, v)
	return p.UnsafePointer()
}

func setRecord(to reflect.Value, m *schema.Message, v object) {
	for i, f := range m.Fields {
		set(to.Field(i), f.Type, v[f.Name])
	}
}

func set(to reflect.Value, t *schema.Type, v any) {
	if v == nil {
		return
	}
	if t.Optional {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	switch v := v.(type) {
	case []any:
		to.Set(reflect.MakeSlice(to.Type(), len(v), len(v)))
		for i := range v {
			set(to.Index(i), t.Elem, v[i])
		}
		return
	case object:
		if t.Kind == schema.Record {
			setRecord(to, t.Message, v)
			return
		}
		to.Set(reflect.MakeMap(to.Type()))
		for key, value := range v {
			e := reflect.New(to.Type().Elem()).Elem()
			set(e, t.Elem, value)
			to.SetMapIndex(reflect.ValueOf(key), e)
		}
		return
	}
	if t.Kind == schema.Enum {
		to.SetUint(uint64(t.Enum.Index(v.(string))))
		return
	}
	if i, ok := v.(int); ok && t.Kind == schema.Float {
		v = float64(i)
	}
	if to.Kind() != reflect.Interface {
		to.Set(reflect.ValueOf(v).Convert(to.Type()))
		return
	}
	to.Set(reflect.ValueOf(v))
}

// typ parses a type; messages may be named in it.
func typ(text string, messages ...*schema.Message) *schema.Type {
	t, err := schema.Parse(text, func(name string) *schema.Message {
		for _, m := range messages {
			if m.Name == name {
				return m
			}
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return t
}

// message makes a message of pairs of field name and type.
func message(name string, pairs []string, messages ...*schema.Message) *schema.Message {
	m := &schema.Message{Name: name}
	for i := 0; i < len(pairs); i += 2 {
		m.Fields = append(m.Fields, schema.Field{Name: pairs[i], Type: typ(pairs[i+1], messages...)})
	}
	return m
}

// A subject is a message for tests, in both forms.
type subject struct {
	m       *schema.Message
	payload []byte
	p       unsafe.Pointer
}

func newSubject(m *schema.Message, v object) subject {
	return subject{m, encode(m, v), goMessage(m, v)}
}

// mustCompile compiles an expression that has no problems.
func mustCompile(t testing.TB, source string, scope *Scope, want *schema.Type, values map[string]any) (*Program, *StructProgram) {
	t.Helper()
	e, problems := Check(source, scope, want)
	if len(problems) > 0 {
		t.Fatalf("%s: %+v", source, problems)
	}
	p, err := e.Compile(values)
	if err != nil {
		t.Fatal(err)
	}
	if scope.Message == nil {
		return p, nil
	}
	s, err := p.ForStruct(goStruct(scope.Message))
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}
