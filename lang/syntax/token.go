package syntax

import "github.com/alecthomas/participle/v2/lexer"

// The kinds of tokens. Strings keep their quotes, or a string that contains a
// keyword would match it.
const (
	tokenEOL        lexer.TokenType = iota + 1 // a line end that separates items
	tokenWord                                  // feed
	tokenPath                                  // feed.lines: words with dots
	tokenString                                // "text"
	tokenRawString                             // `text`
	tokenInt                                   // 10_000
	tokenFloat                                 // 2.5
	tokenDuration                              // 250ms
	tokenSize                                  // 64KiB
	tokenExpr                                  // a whole filter or topic
	tokenPunct                                 // brackets, arrows, comma, = : ?
	tokenBrokenExpr                            // one with an open bracket or string, reported
	tokenMissing                               // a bracket that is missing in the source, reported
	tokenBad                                   // what is no token at all, reported
)

// symbols are the kinds as the grammar's tags and the EBNF name them.
var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "EOL": tokenEOL, "Word": tokenWord, "Path": tokenPath,
	"String": tokenString, "RawString": tokenRawString, "Int": tokenInt,
	"Float": tokenFloat, "Duration": tokenDuration, "Size": tokenSize,
	"Expr": tokenExpr, "Punct": tokenPunct, "BrokenExpr": tokenBrokenExpr,
	"Missing": tokenMissing, "Bad": tokenBad,
}
