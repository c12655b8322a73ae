package filter

import (
	"slices"
	"strings"

	"github.com/ilpomo/opencore/internal/schema"
)

// The types of expressions that are not those of a field.
var (
	typeBool     = &schema.Type{Kind: schema.Bool}
	typeInt      = &schema.Type{Kind: schema.Int}
	typeFloat    = &schema.Type{Kind: schema.Float}
	typeString   = &schema.Type{Kind: schema.String}
	typeTime     = &schema.Type{Kind: schema.Time}
	typeDuration = &schema.Type{Kind: schema.Duration}
	typeNil      = &schema.Type{Optional: true} // of nil alone: fits any optional
	typeBad      = &schema.Type{}               // of what has a problem already
)

// optional gives t?, or t where yes is false.
func optional(t *schema.Type, yes bool) *schema.Type {
	if !yes || t.Optional || t == typeBad {
		return t
	}
	o := *t
	o.Optional = true
	return &o
}

// required gives t without its question mark.
func required(t *schema.Type) *schema.Type {
	if !t.Optional {
		return t
	}
	r := *t
	r.Optional = false
	return &r
}

func isBad(t *schema.Type) bool { return t == typeBad }

func isNil(t *schema.Type) bool { return t.Kind == schema.Invalid && t.Optional }

// nullable reports whether a value of the type may be nil.
func nullable(t *schema.Type) bool { return t.Optional || t.Kind == schema.Any }

func isNumber(t *schema.Type) bool { return t.Kind == schema.Int || t.Kind == schema.Float }

func isEnum(t *schema.Type) bool { return t != nil && t.Kind == schema.Enum }

// alike reports whether two types are the same but for null.
func alike(a, b *schema.Type) bool {
	switch {
	case a.Kind != b.Kind:
		return false
	case a.Kind == schema.Enum:
		return a.Enum == b.Enum || a.Enum.Name == b.Enum.Name && slices.Equal(a.Enum.Values, b.Enum.Values)
	case a.Kind == schema.Record:
		return a.Message.Name == b.Message.Name
	case a.Elem != nil:
		return a.Elem.Same(b.Elem)
	}
	return true
}

// scalar reports whether values of the type can stand in a list literal.
func scalar(t *schema.Type) bool {
	switch t.Kind {
	case schema.Bool, schema.Int, schema.Float, schema.String, schema.Time, schema.Duration, schema.Enum:
		return true
	}
	return false
}

// noun names the type with its article: "a string", "an int", "an Alert".
func noun(t *schema.Type) string {
	name := required(t).String()
	switch t.Kind {
	case schema.Invalid:
		return "nil"
	case schema.Any:
		return "of type any"
	case schema.Bytes:
		return "bytes"
	case schema.List:
		name = "list"
	case schema.Map:
		name = "map"
	case schema.Enum:
		if name = t.Enum.Name; name == "" {
			name = "enum"
		}
	}
	if slices.Contains([]byte("aeiouAEIO"), name[0]) {
		return "an " + name
	}
	return "a " + name
}

// enumWords names an enum with its values, if they are few.
func enumWords(t *schema.Type) string {
	if len(t.Enum.Values) > 8 {
		return strings.TrimSuffix("enum "+t.Enum.Name, " ")
	}
	return required(t).String()
}
