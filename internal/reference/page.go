package reference

import (
	"strings"
	"unicode"
)

// A Page is what there is to read, one block after the other.
type Page []block

// A block is a piece of a page.
type block struct {
	kind  kind
	level int    // of a heading, from 1
	words string // of a heading, an entry or an item
	text  string // the rest
}

// A kind is what a block is.
type kind int

const (
	heading  kind = iota
	prose         // one paragraph
	code          // lines as they are
	program       // code that checks
	item          // words in the language, and what they are
	entry         // a name in a list, and a sentence
	more          // a further paragraph of an item
	moreCode      // code in an item
)

func (p *Page) add(b block) { *p = append(*p, b) }

func (p *Page) heading(level int, words string) {
	p.add(block{kind: heading, level: level, words: words})
}
func (p *Page) text(text string)          { p.add(block{kind: prose, text: text}) }
func (p *Page) code(text string)          { p.add(block{kind: code, text: text}) }
func (p *Page) program(text string)       { p.add(block{kind: program, text: strings.TrimSpace(text)}) }
func (p *Page) entry(words, about string) { p.add(block{kind: entry, words: words, text: about}) }

// part adds blocks under a heading, if there are any.
func (p *Page) part(level int, words string, blocks Page) {
	if len(blocks) > 0 {
		p.heading(level, words)
		*p = append(*p, blocks...)
	}
}

// doc adds a doc comment: paragraphs, and code where it is indented.
func (p *Page) doc(doc string) {
	for _, piece := range pieces(doc) {
		if piece.code {
			p.code(piece.text)
		} else {
			p.text(piece.text)
		}
	}
}

// item adds something that is declared, with its doc comment.
func (p *Page) item(words, doc string) {
	b := block{kind: item, words: words}
	all := pieces(doc)
	if len(all) > 0 && !all[0].code {
		b.text, all = all[0].text, all[1:]
	}
	p.add(b)
	for _, piece := range all {
		if piece.code {
			p.add(block{kind: moreCode, text: piece.text})
		} else {
			p.add(block{kind: more, text: piece.text})
		}
	}
}

// A docPiece is a paragraph on one line, or lines of code.
type docPiece struct {
	text string
	code bool
}

const codeIndent = "    " // as in Markdown

// pieces takes a doc comment apart.
func pieces(doc string) []docPiece {
	var list []docPiece
	for part := range strings.SplitSeq(doc, "\n\n") {
		switch {
		case strings.TrimSpace(part) == "":
		case strings.HasPrefix(strings.TrimLeft(part, "\n"), codeIndent):
			lines := strings.Split(strings.Trim(part, "\n"), "\n")
			for i, line := range lines {
				lines[i] = strings.TrimPrefix(line, codeIndent)
			}
			list = append(list, docPiece{text: strings.Join(lines, "\n"), code: true})
		default:
			list = append(list, docPiece{text: strings.Join(strings.Fields(part), " ")})
		}
	}
	return list
}

// sentence gives the first sentence of a doc comment.
func sentence(doc string) string {
	all := pieces(doc)
	if len(all) == 0 {
		return ""
	}
	text := all[0].text
	for i := 0; i+1 < len(text); i++ {
		if strings.ContainsRune(".!?:", rune(text[i])) && text[i+1] == ' ' && (i+2 == len(text) || !unicode.IsLower(rune(text[i+2]))) {
			return text[:i+1]
		}
	}
	return text
}

// aligned gives the words of a line, without the spaces that align it. What
// stands in quotes is one word, with all of its spaces.
func aligned(line string) []string {
	var words []string
	var quote rune
	from, escaped := 0, false
	for i, r := range line {
		switch {
		case escaped:
			escaped = false
		case quote == '"' && r == '\\':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == ' ' || r == '\t':
			if from < i {
				words = append(words, line[from:i])
			}
			from = i + 1
		}
	}
	if from < len(line) {
		words = append(words, line[from:])
	}
	return words
}
