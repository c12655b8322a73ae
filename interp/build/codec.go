package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// A codec writes the methods that encode and decode one message in the dense
// encoding (internal/schema, layout.go). The code is straight: no reflection,
// no tables. Text is made a string once per message and sliced.
type codec struct {
	*goWriter
	message *schema.Message
	depth   int // numbers the variables of lists and maps within each other
}

// A part is one value within a record: a field of a message, or the key or
// value of a map's pair.
type part struct {
	schema.FieldLayout
	value string // Go expression, assignable when decoding
	place string // see goType
}

func (c *codec) parts() []part {
	layout := schema.LayoutOf(c.message)
	parts := make([]part, len(layout.Fields))
	for i, f := range layout.Fields {
		name := c.message.Fields[i].Name
		parts[i] = part{FieldLayout: f, value: "m." + schema.GoName(name), place: placeName(c.message.Name, name)}
	}
	return parts
}

// pair gives the parts of one pair of a map and the length of its head.
func pair(t *schema.Type, key, value, place string) (parts []part, head int) {
	layout := schema.LayoutOf(t.Entry())
	return []part{{FieldLayout: layout.Fields[0], value: key}, {FieldLayout: layout.Fields[1], value: value, place: place}}, layout.Data
}

// present gives the value itself, for one that is optional and there.
func (p part) present() string {
	if p.Type.Optional {
		return "*" + p.value
	}
	return p.value
}

// atom is present as an operand.
func (p part) atom() string {
	if p.Type.Optional {
		return "(*" + p.value + ")"
	}
	return p.value
}

// bare is the type without its being optional.
func bare(t *schema.Type) *schema.Type {
	u := *t
	u.Optional = false
	return &u
}

// hasText reports whether decoding a value of type t makes strings.
func hasText(t *schema.Type) bool { return textWithin(t, map[*schema.Message]bool{}) }

// textWithin is hasText but for messages that are being looked at already.
func textWithin(t *schema.Type, seen map[*schema.Message]bool) bool {
	switch t.Kind {
	case schema.String, schema.Map:
		return true
	case schema.List:
		return textWithin(t.Elem, seen)
	case schema.Record:
		if seen[t.Message] {
			return false
		}
		seen[t.Message] = true
		return slices.ContainsFunc(t.Message.Fields, func(f schema.Field) bool { return textWithin(f.Type, seen) })
	default:
		return false
	}
}

// messageHasText reports whether a message's decoder needs its text.
func messageHasText(m *schema.Message) bool {
	return hasText(&schema.Type{Kind: schema.Record, Message: m})
}

// encoder writes AppendMessage.
func (c *codec) encoder(name string) {
	c.printf("\n// AppendMessage appends the message's encoding to b.\nfunc (m %s) AppendMessage(b []byte) []byte {", name)
	c.encodeRecord(c.parts(), schema.LayoutOf(c.message).Data)
	c.printf("return b\n}")
}

// encodeRecord appends a record to b: first what has a place in the head, at
// constant offsets of an array, then the data, noting where each ends.
func (c *codec) encodeRecord(parts []part, head int) {
	if len(parts) == 0 {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	at, slots, data := c.name("at"), c.name("slots"), false
	for _, p := range parts {
		data = data || p.Type.HasData()
	}
	if data {
		c.printf("%s := len(b) + %d // of the data", at, head)
	}
	c.printf("b = append(b, make([]byte, %d)...)", head)
	if headUsed(parts) {
		c.printf("%s := (*[%d]byte)(b[len(b)-%[2]d:])", slots, head)
	}
	for _, p := range parts {
		c.encodeHead(p, slots)
	}
	for _, p := range parts {
		if p.Type.HasData() {
			c.encodeTail(p, at, head)
		}
	}
}

// headUsed reports whether any part is written to the head before the data.
func headUsed(parts []part) bool {
	for _, p := range parts {
		if p.Type.Optional || !p.Type.HasData() {
			return true
		}
	}
	return false
}

// encodeHead writes the presence of a part and, if it is fixed, its slot.
func (c *codec) encodeHead(p part, slots string) {
	if p.Type.Optional {
		c.printf("if %s != nil {\n%s[%d] |= %d", p.value, slots, p.Presence>>3, 1<<(p.Presence&7))
	}
	if !p.Type.HasData() {
		c.encodeFixed(p, fmt.Sprintf("%s[%d]", slots, p.Slot), fmt.Sprintf("%s[%d:]", slots, p.Slot))
	}
	if p.Type.Optional {
		c.printf("}")
	}
}

// encodeFixed writes a value into its slot, given as the one byte and as the
// bytes from there.
func (c *codec) encodeFixed(p part, slot, slots string) {
	v := p.present()
	switch p.Type.Kind {
	case schema.Bool:
		c.printf("if %s {\n%s = 1\n}", v, slot)
		return
	case schema.Enum:
		c.printf("%s = byte(%s)", slot, v)
		return
	case schema.Float:
		c.use("math")
		v = "math.Float64bits(" + v + ")"
	case schema.Time:
		c.use(actorPath)
		v = "uint64(actor.Nanoseconds(" + v + "))"
	default:
		v = "uint64(" + v + ")"
	}
	c.use("encoding/binary")
	c.printf("binary.LittleEndian.PutUint64(%s, %s)", slots, v)
}

// encodeTail appends a part's data and notes its end.
func (c *codec) encodeTail(p part, at string, head int) {
	if p.Type.Optional {
		c.printf("if %s != nil {", p.value)
	}
	c.encodeData(p)
	if p.Type.Optional {
		c.printf("}")
	}
	c.use("encoding/binary")
	c.printf("binary.LittleEndian.PutUint32(b[%s-%d:], uint32(len(b)-%[1]s))", at, head-p.Slot)
}

// encodeData appends the data of a value that is there.
func (c *codec) encodeData(p part) {
	switch p.Type.Kind {
	case schema.Record:
		c.printf("b = %s.AppendMessage(b)", p.atom())
	case schema.Any:
		c.use(actorPath)
		c.printf("b = actor.AppendAny(b, %s)", p.present())
	case schema.List, schema.Map:
		if !p.Type.Optional {
			c.printf("{") // a scope for what follows
			defer c.printf("}")
		}
		c.encodeElements(p)
	default:
		c.printf("b = append(b, %s...)", p.present())
	}
}

func (c *codec) encodeElements(p part) {
	c.depth++
	defer func() { c.depth-- }()
	if p.Type.Kind == schema.Map {
		c.encodeMap(p)
	} else {
		c.encodeList(p)
	}
}

// encodeList appends count, presence, slots and data of a list.
func (c *codec) encodeList(p part) {
	at, i, elem := c.name("at"), c.name("i"), p.Type.Elem
	c.beginElements(at, "len("+p.present()+")", elem)
	e := part{FieldLayout: schema.FieldLayout{Type: elem}, value: c.name("e"), place: p.place}
	c.printf("for %s, %s := range %s {", i, e.value, p.present())
	if elem.Optional {
		c.printf("if %s != nil {\nb[%s-(len(%s)+7)/8+%s>>3] |= 1 << (%s & 7)", e.value, at, p.present(), i, i)
	}
	slot := at + "+" + times(i, elem.SlotSize())
	if elem.HasData() {
		c.encodeData(e)
	} else {
		c.encodeFixed(e, "b["+slot+"]", "b["+slot+":]")
	}
	if elem.Optional {
		c.printf("}")
	}
	c.endElement(elem, slot, fmt.Sprintf("%s+len(%s)*4", at, p.present()))
	c.printf("}")
}

// beginElements appends the head of a list of n elements; at becomes the
// offset of its slots.
func (c *codec) beginElements(at, n string, elem *schema.Type) {
	c.use("encoding/binary")
	presence := ""
	if elem.Optional {
		presence = fmt.Sprintf("(%s+7)/8", n)
	}
	c.printf("b = binary.LittleEndian.AppendUint32(b, uint32(%s))", n)
	c.printf("%s := len(b)%s", at, prefix(" + ", presence))
	c.printf("b = append(b, make([]byte, %s%s)...)", suffix(presence, " + "), times(n, elem.SlotSize()))
}

// endElement notes where an element's data ends.
func (c *codec) endElement(elem *schema.Type, slot, data string) {
	if elem.HasData() {
		c.printf("binary.LittleEndian.PutUint32(b[%s:], uint32(len(b)-(%s)))", slot, data)
	}
}

// times spells n*size.
func times(n string, size int) string {
	if size == 1 {
		return n
	}
	return fmt.Sprintf("%s*%d", n, size)
}

func prefix(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func suffix(s, after string) string {
	if s == "" {
		return ""
	}
	return s + after
}

// encodeMap appends a map as the list of its pairs, in the order of the keys:
// equal maps have equal encodings.
func (c *codec) encodeMap(p part) {
	c.use("maps")
	c.use("slices")
	at, i, key := c.name("at"), c.name("i"), c.name("key")
	n := "len(" + p.present() + ")"
	c.beginElements(at, n, &schema.Type{Kind: schema.Record})
	c.printf("for %s, %s := range slices.Sorted(maps.Keys(%s)) {", i, key, p.present())
	value := c.name("value")
	c.printf("%s := %s[%s]", value, p.atom(), key)
	parts, head := pair(p.Type, key, value, p.place)
	c.encodeRecord(parts, head)
	c.endElement(&schema.Type{Kind: schema.Record}, fmt.Sprintf("%s+%s*4", at, i), fmt.Sprintf("%s+%s*4", at, n))
	c.printf("}")
}

// name numbers a variable by how deep it lies.
func (c *codec) name(s string) string {
	if c.depth <= 1 {
		return s
	}
	return fmt.Sprintf("%s%d", s, c.depth)
}

// decoder writes DecodeMessage and, for messages with text, the method that
// those around them share their text with.
func (c *codec) decoder(name string) {
	c.use(actorPath)
	head := schema.LayoutOf(c.message).Data
	parts := c.parts()
	c.printf("\n// DecodeMessage replaces the message by what payload encodes.\nfunc (m *%s) DecodeMessage(payload []byte) error {", name)
	if !messageHasText(c.message) {
		c.decodeRecord(parts, head, source{payload: "payload"})
		c.printf("return nil\n}")
		return
	}
	c.use("encoding/binary")
	first, last := textBounds(parts)
	c.printf("if len(payload) < %d {\nreturn %s\n}", head, c.bad())
	c.printf("from, to := %s, %s", dataStart(first, "payload", head), dataEnd(last, "payload", head))
	c.printf("if from > to || to > len(payload) {\nreturn %s\n}", c.bad())
	c.printf("return m.decodeMessage(payload, string(payload[from:to]), from)\n}")
	c.printf("\n// decodeMessage is DecodeMessage with payload[from:], as far as it holds text, as a string.")
	c.printf("func (m *%s) decodeMessage(payload []byte, text string, from int) error {", name)
	c.decodeRecord(parts, head, source{payload: "payload", text: "text", from: "from"})
	c.printf("return nil\n}")
}

func (c *codec) bad() string { return fmt.Sprintf("actor.BadEncoding(%q)", c.message.Name) }

// textBounds gives the first and the last part with text.
func textBounds(parts []part) (first, last part) {
	for _, p := range parts {
		if !p.Type.HasData() || !hasText(p.Type) {
			continue
		}
		if first.Type == nil {
			first = p
		}
		last = p
	}
	return first, last
}

// dataStart and dataEnd spell where the data of a part lies in a record.
func dataStart(p part, payload string, head int) string {
	if p.Previous < 0 {
		return fmt.Sprint(head)
	}
	return fmt.Sprintf("%d + int(binary.LittleEndian.Uint32(%s[%d:]))", head, payload, p.Previous)
}

func dataEnd(p part, payload string, head int) string {
	return fmt.Sprintf("%d + int(binary.LittleEndian.Uint32(%s[%d:]))", head, payload, p.Slot)
}

// A source is where a record or list is decoded from: bytes, and the same as a
// string from an offset on.
type source struct {
	payload, text, from string
}

// bytes spells a range of the source.
func (s source) bytes(start, end string) string {
	return fmt.Sprintf("%s[%s:%s]", s.payload, start, end)
}

// string spells a range of the source as a string.
func (s source) string(start, end string) string {
	if s.from == "" {
		return fmt.Sprintf("%s[%s:%s]", s.text, start, end)
	}
	return fmt.Sprintf("%s[%s-%s:%s-%[3]s]", s.text, start, s.from, end)
}

// decodeRecord reads a record from src into its parts. All ends of data are
// checked before any is used.
func (c *codec) decodeRecord(parts []part, head int, src source) {
	c.depth++
	defer func() { c.depth-- }()
	var ends []string
	for i, p := range parts {
		if p.Type.HasData() {
			ends = append(ends, c.name(fmt.Sprintf("end%d_", i)))
		}
	}
	if len(ends) == 0 {
		c.printf("if len(%s) != %d {\nreturn %s\n}", src.payload, head, c.bad())
	} else {
		c.printf("if len(%s) < %d {\nreturn %s\n}", src.payload, head, c.bad())
	}
	if len(parts) == 0 {
		return
	}
	slots := c.name("slots")
	c.printf("%s := (*[%d]byte)(%s)", slots, head, src.payload)
	c.decodeEnds(parts, head, src, slots, ends)
	start := fmt.Sprint(head)
	for _, p := range parts {
		end := ""
		if p.Type.HasData() {
			end, ends = ends[0], ends[1:]
		}
		c.decodePart(p, src, slots, start, end)
		if end != "" {
			start = end
		}
	}
}

// decodeEnds reads where the data of each part ends and checks that they
// follow each other up to the end.
func (c *codec) decodeEnds(parts []part, head int, src source, slots string, ends []string) {
	if len(ends) == 0 {
		return
	}
	c.use("encoding/binary")
	var wrong []string
	before := ""
	for _, p := range parts {
		if !p.Type.HasData() {
			continue
		}
		end := ends[0]
		ends = ends[1:]
		c.printf("%s := %s", end, dataEnd(p, slots, head))
		if before != "" {
			wrong = append(wrong, before+" > "+end)
		}
		before = end
	}
	wrong = append(wrong, fmt.Sprintf("%s != len(%s)", before, src.payload))
	c.printf("if %s {\nreturn %s\n}", strings.Join(wrong, " || "), c.bad())
}

// decodePart reads one part of a record.
func (c *codec) decodePart(p part, src source, slots, start, end string) {
	if p.Type.Optional {
		c.printf("if %s[%d]&%d == 0 {\n%s = nil\n} else {", slots, p.Presence>>3, 1<<(p.Presence&7), p.value)
		defer c.printf("}")
	}
	if p.Type.HasData() {
		c.decodeData(p, src, start, end)
		return
	}
	c.decodeFixed(p, fmt.Sprintf("%s[%d]", slots, p.Slot), fmt.Sprintf("%s[%d:]", slots, p.Slot))
}

// assign sets a part to a value; an optional one to a pointer to it.
func (c *codec) assign(p part, value string) {
	if p.Type.Optional {
		c.printf("v := %s\n%s = &v", value, p.value)
		return
	}
	c.printf("%s = %s", p.value, value)
}

// decodeFixed reads a value from its slot, given as the one byte and as the
// bytes from there.
func (c *codec) decodeFixed(p part, slot, slots string) {
	word := "binary.LittleEndian.Uint64(" + slots + ")"
	switch p.Type.Kind {
	case schema.Bool:
		c.assign(p, slot+" != 0")
		return
	case schema.Enum:
		if n := len(p.Type.Enum.Values); n < schema.MaxEnumValues {
			c.printf("if %s >= %d {\nreturn %s\n}", slot, n, c.bad())
		}
		c.assign(p, fmt.Sprintf("%s(%s)", c.typeOf(bare(p.Type), p.place), slot))
		return
	case schema.Float:
		c.use("math")
		c.assign(p, "math.Float64frombits("+word+")")
	case schema.Time:
		c.use("time")
		c.assign(p, "time.Unix(0, int64("+word+")).UTC()")
	case schema.Duration:
		c.use("time")
		c.assign(p, "time.Duration("+word+")")
	default:
		c.assign(p, "int64("+word+")")
	}
	c.use("encoding/binary")
}

// decodeData reads the data between two offsets of src, which have been
// checked, into a part.
func (c *codec) decodeData(p part, src source, start, end string) {
	switch p.Type.Kind {
	case schema.String:
		c.assign(p, src.string(start, end))
	case schema.Bytes:
		c.assign(p, "append([]byte(nil), "+src.bytes(start, end)+"...)")
	case schema.Any:
		c.decodeAny(p, src.bytes(start, end))
	case schema.Record:
		c.decodeMessage(p, src, start, end)
	default:
		c.decodeElements(p, src, start, end)
	}
}

func (c *codec) decodeAny(p part, payload string) {
	value := "v"
	if !p.Type.Optional {
		c.printf("{") // v is its own
		defer c.printf("}")
	}
	c.printf("%s, err := actor.DecodeAny(%s)\nif err != nil {\nreturn err\n}", value, payload)
	if p.Type.Optional {
		value = "&v"
	}
	c.printf("%s = %s", p.value, value)
}

// decodeMessage reads a message within the message.
func (c *codec) decodeMessage(p part, src source, start, end string) {
	if p.Type.Optional {
		c.printf("%s = new(%s)", p.value, c.typeOf(bare(p.Type), p.place))
	}
	call := fmt.Sprintf("DecodeMessage(%s)", src.bytes(start, end))
	if messageHasText(p.Type.Message) {
		call = fmt.Sprintf("decodeMessage(%s, %s, 0)", src.bytes(start, end), src.string(start, end))
	}
	c.printf("if err := %s.%s; err != nil {\nreturn err\n}", p.value, call)
}

// decodeElements reads a list or map.
func (c *codec) decodeElements(p part, src source, start, end string) {
	c.depth++
	defer func() { c.depth-- }()
	elem := p.Type.Elem
	if p.Type.Kind == schema.Map {
		elem = &schema.Type{Kind: schema.Record, Message: p.Type.Entry()}
	}
	if !p.Type.Optional {
		c.printf("{") // a scope for what follows
		defer c.printf("}")
	}
	inner := source{payload: c.name("list")}
	c.printf("%s := %s", inner.payload, src.bytes(start, end))
	if hasText(p.Type) {
		inner.text = c.name("text")
		c.printf("%s := %s", inner.text, src.string(start, end))
	}
	n, slots := c.beginList(p, elem, inner)
	if p.Type.Kind == schema.Map {
		c.decodeMap(p, elem, inner, n, slots)
	} else {
		c.decodeList(p, elem, inner, n, slots)
	}
}

// beginList reads and checks the head of a list: n is the number of its
// elements, slots the offset of the first slot.
func (c *codec) beginList(p part, elem *schema.Type, src source) (n, slots string) {
	c.use("encoding/binary")
	n, slots = c.name("n"), c.name("slots")
	c.printf("if len(%s) < 4 {\nreturn %s\n}", src.payload, c.bad())
	c.printf("%s := int(binary.LittleEndian.Uint32(%s))", n, src.payload)
	if elem.Optional {
		c.printf("%s := 4 + (%s+7)/8", slots, n)
	} else {
		c.printf("const %s = 4", slots)
	}
	least := elem.SlotSize() + leastData(elem)
	op := "<"
	if !elem.HasData() {
		op = "!="
	}
	c.printf("if len(%s) %s %s+%s {\nreturn %s\n}", src.payload, op, slots, times(n, least), c.bad())
	return n, slots
}

// leastData is how long the data of an element is at least; so a count that
// lies makes nobody allocate.
func leastData(t *schema.Type) int {
	switch {
	case t.Optional:
		return 0
	case t.Kind == schema.Record:
		return schema.LayoutOf(t.Message).Data
	case t.Kind == schema.List || t.Kind == schema.Map:
		return 4
	case t.Kind == schema.Any:
		return 1
	default:
		return 0
	}
}

func (c *codec) decodeList(p part, elem *schema.Type, src source, n, slots string) {
	list, i := c.name("out"), c.name("i")
	c.makeElements(list, p, n)
	c.eachElement(elem, src, n, slots, i, list, func(start, end string) {
		e := part{FieldLayout: schema.FieldLayout{Type: elem}, value: fmt.Sprintf("%s[%s]", list, i), place: p.place}
		if elem.Optional {
			c.printf("if %s[4+%s>>3]&(1<<(%[2]s&7)) != 0 {", src.payload, i)
			defer c.printf("}")
		}
		if elem.HasData() {
			c.decodeData(e, src, start, end)
			return
		}
		slot := slots + "+" + times(i, elem.SlotSize())
		c.decodeFixed(e, src.payload+"["+slot+"]", src.payload+"["+slot+":]")
	})
	c.finish(p, list)
}

// makeElements declares a list or map for n elements; none is nil.
func (c *codec) makeElements(name string, p part, n string) {
	t := c.typeOf(bare(p.Type), p.place)
	c.printf("var %s %s\nif %s > 0 {\n%s = make(%s, %s)\n}", name, t, n, name, t, n)
}

func (c *codec) decodeMap(p part, elem *schema.Type, src source, n, slots string) {
	dict, i, key, value := c.name("out"), c.name("i"), c.name("key"), c.name("value")
	c.makeElements(dict, p, n)
	c.eachElement(elem, src, n, slots, i, "", func(start, end string) {
		c.depth++
		defer func() { c.depth-- }()
		inner := source{payload: c.name("pair"), text: c.name("text")}
		c.printf("%s, %s := %s, %s", inner.payload, inner.text, src.bytes(start, end), src.string(start, end))
		c.printf("var %s string\nvar %s %s", key, value, c.typeOf(p.Type.Elem, p.place))
		parts, head := pair(p.Type, key, value, p.place)
		c.decodeRecord(parts, head, inner)
		c.printf("%s[%s] = %s", dict, key, value)
	})
	c.finish(p, dict)
}

// eachElement loops over the elements of a list; body gets where the data of
// one lies.
func (c *codec) eachElement(elem *schema.Type, src source, n, slots, i, list string, body func(start, end string)) {
	over := n
	if list != "" {
		over = list
	}
	if !elem.HasData() {
		c.printf("for %s := range %s {", i, over)
		body("", "")
		c.printf("}")
		return
	}
	start, end, data := c.name("start"), c.name("end"), c.name("data")
	c.printf("%s := %s + %s*4", data, slots, n)
	c.printf("%s := %s\nfor %s := range %s {", start, data, i, over)
	c.printf("%s := %s + int(binary.LittleEndian.Uint32(%s[%s+%s*4:]))", end, data, src.payload, slots, i)
	c.printf("if %s < %s || %s > len(%s) {\nreturn %s\n}", end, start, end, src.payload, c.bad())
	body(start, end)
	c.printf("%s = %s\n}", start, end)
	c.printf("if %s != len(%s) {\nreturn %s\n}", start, src.payload, c.bad())
}

// finish sets a part to the list or map that has been read.
func (c *codec) finish(p part, value string) {
	if p.Type.Optional {
		value = "&" + value
	}
	c.printf("%s = %s", p.value, value)
}
