// The part of the parser that knows what a line end is: it separates items,
// but not within the brackets of an expression. The scanner takes those
// brackets and counts them.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

enum TokenType {
  EOL,
  JOINED,
  LEFT_PAREN,
  RIGHT_PAREN,
  LEFT_BRACKET,
  RIGHT_BRACKET,
  LEFT_BRACE,
  RIGHT_BRACE,
  ERROR, // in no rule: valid only while the parser looks for a way on
};

// How many brackets of the expression at hand are open. It saturates: the
// compiler refuses more than 64.
typedef struct {
  uint8_t open;
  uint8_t braces; // of those
} Scanner;

void *tree_sitter_actors_external_scanner_create(void) {
  return ts_calloc(1, sizeof(Scanner));
}

void tree_sitter_actors_external_scanner_destroy(void *payload) {
  ts_free(payload);
}

unsigned tree_sitter_actors_external_scanner_serialize(void *payload, char *buffer) {
  memcpy(buffer, payload, sizeof(Scanner));
  return sizeof(Scanner);
}

void tree_sitter_actors_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  memset(payload, 0, sizeof(Scanner));
  if (length == sizeof(Scanner)) {
    memcpy(payload, buffer, length);
  }
}

static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool is_word(int32_t c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

// What a line begins with, as far as it matters: at most this much of a word.
enum { LONGEST = 8 };

typedef struct {
  char text[LONGEST];
  unsigned length; // may be more than LONGEST
  bool dotted;
} Word;

static Word read_word(TSLexer *lexer) {
  Word word = {{0}, 0, false};
  while (is_word(lexer->lookahead) || (lexer->lookahead == '.' && word.length > 0)) {
    word.dotted = word.dotted || lexer->lookahead == '.';
    if (word.length < LONGEST) {
      word.text[word.length] = lexer->lookahead < 0x80 ? (char)lexer->lookahead : '?';
    }
    word.length++;
    lexer->advance(lexer, false);
  }
  while (is_space(lexer->lookahead)) {
    lexer->advance(lexer, false);
  }
  return word;
}

static bool is_declaration(const Word *word) {
  static const char *const keywords[] = {"message", "actor", "graph", "enum", "const", "filter", "import"};
  for (unsigned i = 0; i < sizeof keywords / sizeof *keywords; i++) {
    if (word->length == strlen(keywords[i]) && memcmp(word->text, keywords[i], word->length) == 0) {
      return true;
    }
  }
  return false;
}

// Tells whether the line at hand can't be within the brackets of an
// expression: they were left open, and it is better to go on as if they were
// not than to take the rest of the file for an expression.
static bool starts_anew(TSLexer *lexer, const Scanner *scanner) {
  bool margin = lexer->get_column(lexer) == 0;
  if (lexer->lookahead == '}') {
    return scanner->braces == 0;
  }
  if (!is_word(lexer->lookahead)) {
    return false;
  }
  Word word = read_word(lexer);
  if (lexer->lookahead == '-') {
    lexer->advance(lexer, false);
    return lexer->lookahead == '>';
  }
  if (lexer->lookahead == '=' && !word.dotted) {
    lexer->advance(lexer, false);
    return lexer->lookahead != '=';
  }
  return margin && is_declaration(&word) && (is_word(lexer->lookahead) || lexer->lookahead == '"');
}

// Takes line ends up to the next line with something on it.
static bool scan_line_end(Scanner *scanner, TSLexer *lexer, bool broken) {
  while (lexer->lookahead == '\n') {
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    while (is_space(lexer->lookahead)) {
      lexer->advance(lexer, false);
    }
  }
  if (scanner->open > 0 && !broken && !starts_anew(lexer, scanner)) {
    lexer->result_symbol = JOINED;
    return true;
  }
  scanner->open = scanner->braces = 0;
  lexer->result_symbol = EOL;
  return true;
}

static bool scan_bracket(Scanner *scanner, TSLexer *lexer, const bool *valid) {
  static const char brackets[] = "()[]{}";
  for (unsigned i = 0; i < sizeof brackets - 1; i++) {
    enum TokenType type = LEFT_PAREN + i;
    if (lexer->lookahead != brackets[i] || !valid[type]) {
      continue;
    }
    bool left = i % 2 == 0, brace = i >= 4;
    if (left && scanner->open < UINT8_MAX) {
      scanner->open++;
      scanner->braces += brace;
    } else if (!left && scanner->open > 0) {
      scanner->open--;
      scanner->braces -= brace && scanner->braces > 0;
    }
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    lexer->result_symbol = type;
    return true;
  }
  return false;
}

bool tree_sitter_actors_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  while (is_space(lexer->lookahead)) {
    lexer->advance(lexer, true);
  }
  if (lexer->lookahead == '\n') {
    return scan_line_end(payload, lexer, valid[ERROR]);
  }
  return !valid[ERROR] && scan_bracket(payload, lexer, valid);
}
