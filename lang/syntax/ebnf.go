package syntax

import (
	"regexp"
	"strings"
)

// lexical is what the scanner, which is written by hand, and the leaves of the
// tree know.
const lexical = `// Items are separated by a comma or the end of the line; the last one needs
// no separator. A line end behind an open bracket, a comma or an arrow is none.
Sep       = "," | EOL .

// Words are contextual: none is reserved.
Name      = word .
Path      = word ( "." word )* .
PortRef   = word ( "." word )? .
EntryKey  = word | String .
String    = string | rawstring .

// word: a letter or "_", then letters, digits and "_".
// string: in double quotes, on one line, with the escapes of Go. rawstring: between
// backquotes, as it stands. int: 10, -3, 10_000. float: 2.5, 1e-3. duration: 250ms,
// 1h30m. size: 64KiB, of B, KiB, MiB, GiB and TiB. Expr: the source of an expression. It
// ends at a line end, comma or closing bracket that is not its own, but goes on over line
// ends while a bracket of its own is open or behind an operator.
// A comment goes from // to the end of the line. One that starts with /// describes what is below it.
`

// grammarHead says how to read what follows.
const grammarHead = `// The grammar of .actors files, made from the parser. Do not edit: go test ./lang/syntax -update
//
// Quoted words stand for themselves, lower-case names are tokens. ( ) group, | separates
// alternatives, ? * + follow what is optional, repeated, repeated at least once.

`

// EBNF gives the grammar on one page. It is made from the parsers, but for the
// tokens and names.
func EBNF() string {
	g := parsers()
	e := ebnf{seen: map[string]bool{}}
	e.line("File = (Decl Sep)* .")
	addTable(&e, &g.decls, "Decl", "")
	addTable(&e, &g.fields, "Field", "Fields")
	addTable(&e, &g.enumValues, "EnumValue", "EnumValues")
	addTable(&e, &g.params, "Param", "Params")
	addSettings(&e, &g.actorSettings, "ActorSetting")
	addTable(&e, &g.ports, "Port", "Ports")
	e.line(`Pattern = "` + strings.Join(patterns, `" | "`) + `" .`)
	addSettings(&e, &g.portSettings, "PortSetting")
	addTable(&e, &g.statements, "Statement", "Statements")
	addTable(&e, &g.args, "Arg", "Args")
	addSettings(&e, &g.instanceSettings, "InstanceSetting")
	addSettings(&e, &g.wireSettings, "WireSetting")
	e.b.WriteByte('\n')
	e.line(`Value = String | int | float | duration | size | "true" | "false" | "nil" | word | Env | Secret | List | Map .`)
	e.productions(g.env.ebnf())
	e.productions(g.secret.ebnf())
	addTable(&e, &g.values, "Value", "List")
	addTable(&e, &g.entries, "Entry", "Map")
	return grammarHead + e.b.String() + "\n" + lexical
}

// ebnf collects productions.
type ebnf struct {
	b    strings.Builder
	seen map[string]bool
}

// addTable adds the productions of a list, of its items and of what they are
// made of.
func addTable[S any](e *ebnf, t *table[S], item, list string) {
	if list != "" {
		e.b.WriteByte('\n')
		closing := map[string]string{"(": ")", "[": "]", "{": "}"}[t.open]
		e.line(list + ` = "` + t.open + `" (` + item + ` Sep)* "` + closing + `" .`)
	}
	var names []string
	var rest []string
	for _, k := range t.kinds {
		if k.ebnf == nil {
			continue
		}
		text := k.ebnf()
		name, _, _ := strings.Cut(text, " ")
		names, rest = append(names, name), append(rest, text)
	}
	if len(names) > 1 {
		e.line(item + " = " + strings.Join(names, " | ") + " .")
	}
	for _, text := range rest {
		e.productions(text)
	}
}

// addSettings adds the productions of settings.
func addSettings[S any](e *ebnf, t *table[S], item string) {
	e.b.WriteByte('\n')
	line := item + "s = " + item + "*"
	if t.open != "" {
		line += ` | "{" (` + item + ` Sep)* "}"`
	}
	e.line(line + " .")
	addTable(e, t, item, "")
}

// productions adds the productions that a parser gives, one a line.
func (e *ebnf) productions(text string) {
	for line := range strings.Lines(text) {
		e.line(strings.TrimSpace(line))
	}
}

var (
	genericName = regexp.MustCompile(`(Body|Settings)\[[^\]]*?(\w+)\]`)
	tokenName   = regexp.MustCompile(`<(\w+)>`)
	notTrailing = regexp.MustCompile(`\(\?![^)]*?"[)>]"\) `)
)

// line adds one production, if its name is new, in our spelling.
func (e *ebnf) line(production string) {
	name, _, _ := strings.Cut(production, " ")
	if e.seen[name] {
		return
	}
	e.seen[name] = true
	production = genericName.ReplaceAllStringFunc(production, func(match string) string {
		m := genericName.FindStringSubmatch(match)
		switch m[2] {
		case "Value":
			return "List"
		case "Entry":
			return "Map"
		}
		return m[2] + "s"
	})
	production = tokenName.ReplaceAllString(production, "$1")
	production = notTrailing.ReplaceAllString(production, "") // it is for the parser, which never goes back
	production = strings.ReplaceAll(production, `("," | eol)`, "Sep")
	production = strings.ReplaceAll(production, "QueueSize", "Value")
	production = strings.Replace(production, "Port = Name Name", "Port = Pattern Name", 1)
	e.b.WriteString(production + "\n")
}
