package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are the words that Go writes in capitals; the list is that of
// the Go project's review comments and linters.
var initialisms = map[string]bool{
	"acl": true, "api": true, "ascii": true, "cpu": true, "css": true, "dns": true,
	"eof": true, "guid": true, "html": true, "http": true, "https": true, "id": true,
	"ip": true, "json": true, "qps": true, "ram": true, "rpc": true, "sla": true,
	"smtp": true, "sql": true, "ssh": true, "tcp": true, "tls": true, "ttl": true,
	"udp": true, "ui": true, "uid": true, "uuid": true, "uri": true, "url": true,
	"utf8": true, "vm": true, "xml": true, "xmpp": true, "xsrf": true, "xss": true,
}

// GoName gives the exported Go name of a field, port, parameter, enum value
// or message: "my_port" and "myPort" are "MyPort", "id" is "ID", "user_id" is
// "UserID", "timer.Tick" is "TimerTick".
func GoName(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		lower := strings.ToLower(word)
		if initialisms[lower] {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		first, size := utf8.DecodeRuneInString(word)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}

// words splits a name at underscores, dots and before each capital that
// follows a small letter or a digit.
func words(name string) []string {
	var list []string
	start := 0
	var last rune
	flush := func(end int) {
		if end > start {
			list = append(list, name[start:end])
		}
	}
	for i, r := range name {
		switch {
		case r == '_' || r == '.':
			flush(i)
			start = i + 1
		case unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsDigit(last)):
			flush(i)
			start = i
		}
		last = r
	}
	flush(len(name))
	return list
}
