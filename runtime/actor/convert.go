package actor

import (
	"encoding"
	"fmt"
	"strings"
)

// ByType is the factory of a generic actor: it chooses among those that the
// program needs by the messages that the type parameters stand for, whose
// names are joined by ", ".
func ByType(params []string, factories map[string]Factory) Factory {
	return func(s *Setup) (*Instance, error) {
		var names []string
		for _, name := range params {
			names = append(names, fmt.Sprint(s.Messages[name]))
		}
		types := strings.Join(names, ", ")
		f, ok := factories[types]
		if !ok {
			return nil, fmt.Errorf("this binary was built without the actor for %s", types)
		}
		return f(s)
	}
}

// A Convert turns a value of [Setup.Params] into a field's Go type. Generated
// glue puts one together for each parameter of As, AsText, AsOptional, AsList,
// AsMap and function literals for messages.
type Convert[T any] func(v any) (T, error)

// SetParam fills a handler's field with the parameter's value. A parameter
// that the setup doesn't have leaves the field as it is.
func SetParam[T any](s *Setup, name string, field *T, convert Convert[T]) error {
	v, ok := s.Params[name]
	if !ok {
		return nil
	}
	t, err := convert(v)
	if err != nil {
		return BadParam(name, fmt.Errorf("parameter %q: %w", name, err))
	}
	*field = t
	return nil
}

// As converts scalars, which are of their Go type already. Null gives the zero
// value.
func As[T any](v any) (T, error) {
	t, ok := v.(T)
	if !ok && v != nil {
		return t, fmt.Errorf("%T where %T belongs", v, t)
	}
	return t, nil
}

// AsText converts the name of an enum's value.
func AsText[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](v any) (T, error) {
	var t T
	name, err := As[string](v)
	if err == nil {
		err = P(&t).UnmarshalText([]byte(name))
	}
	return t, err
}

// AsOptional converts null to nil and all else to a pointer.
func AsOptional[T any](elem Convert[T]) Convert[*T] {
	return func(v any) (*T, error) {
		if v == nil {
			return nil, nil
		}
		t, err := elem(v)
		return &t, err
	}
}

// AsList converts a list element by element.
func AsList[T any](elem Convert[T]) Convert[[]T] {
	return func(v any) ([]T, error) {
		in, err := As[[]any](v)
		if err != nil {
			return nil, err
		}
		out := make([]T, len(in))
		for i, v := range in {
			if out[i], err = elem(v); err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return out, nil
	}
}

// AsMap converts a map value by value.
func AsMap[T any](elem Convert[T]) Convert[map[string]T] {
	return func(v any) (map[string]T, error) {
		in, err := As[map[string]any](v)
		if err != nil {
			return nil, err
		}
		out := make(map[string]T, len(in))
		for key, v := range in {
			if out[key], err = elem(v); err != nil {
				return nil, fmt.Errorf("%q: %w", key, err)
			}
		}
		return out, nil
	}
}

// SetField fills one field of a message that a parameter holds; in are the
// message's fields by name. A field that is not there stays zero.
func SetField[T any](in map[string]any, name string, field *T, convert Convert[T]) error {
	v, ok := in[name]
	if !ok {
		return nil
	}
	t, err := convert(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	*field = t
	return nil
}
