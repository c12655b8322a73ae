package filter

import "time"

// reservedWords are the words that expr reads as operators or literals
// wherever they stand.
var reservedWords = map[string]bool{
	"in": true, "not": true, "and": true, "or": true, "matches": true, "contains": true, "startsWith": true, "endsWith": true,
	"let": true, "if": true, "else": true, "true": true, "false": true, "nil": true,
}

// ReservedWord reports whether no expression can say name as the name of a
// field, a const or a parameter. The names of functions are not among them.
func ReservedWord(name string) bool { return reservedWords[name] }

// ParseTime reads what a string means beside a time: RFC 3339, or less of it;
// without a zone it is UTC. The error says in the user's words what is wrong.
func ParseTime(text string) (time.Time, error) {
	ns, err := parseTime(text)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(0, ns).UTC(), nil
}
