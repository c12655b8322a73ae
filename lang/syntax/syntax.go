// Package syntax reads .actors files: text to tokens, tokens to a tree, and
// text to well laid out text. It knows how programs are written and nothing
// of what they mean; names, types and wires are lang/check's business, and
// what stands behind where and topic is kept as text for internal/filter.
//
// A file with mistakes still gives a tree: every item that can be read is in
// it, and every item that can't is reported once. Read [File] first.
package syntax

//go:generate go test -run TestEBNF -update .
