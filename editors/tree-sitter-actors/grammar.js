/**
 * @file The grammar of .actors files, for editors.
 *
 * The language itself is defined by the compiler (grammar.ebnf is made from
 * its parser); a test compares the two parsers on every file of the
 * repository. Words are contextual there: none is reserved. Here the word
 * token and tree-sitter's keyword extraction do the same, since a keyword is
 * only one where the state of the parser has room for it.
 *
 * Line ends separate items, but not within the brackets of an expression. So
 * src/scanner.c, which counts those brackets, says which line end is a
 * separator ($._eol) and which is nothing ($._joined).
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const WORD = /[_\p{L}][_\p{L}\p{Nd}\p{Mn}]*/;
const DIGITS = /[0-9]+(_[0-9]+)*/;
const DURATION_UNIT = choice('ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h');
const SIZE_UNIT = choice('B', 'KiB', 'MiB', 'GiB', 'TiB');
const PATTERNS = ['push', 'pub', 'pull', 'sub', 'in', 'req', 'dealer', 'rep', 'router', 'pair'];

// Operators of expressions, from loose to tight.
const PREC = {
  ternary: 1,
  or: 2,
  and: 3,
  compare: 4,
  range: 5,
  add: 6,
  multiply: 7,
  not: 8,
  sign: 9,
  power: 10,
  coalesce: 11,
  access: 12,
};

/** A list of items between brackets, separated by commas or line ends. */
function body($, open, item, close) {
  return seq(open, repeat($._eol), optional(seq(item, repeat(seq($._sep, item)), optional($._sep))), close);
}

/** What stands between < and >: at least one, and no line end before >. */
function angles($, item) {
  return seq('<', repeat($._eol), item, repeat(seq($._sep, item)), optional(seq(',', repeat($._eol))), '>');
}

/** A number with one of the units that may follow it. */
function number(...tail) {
  return seq(DIGITS, ...tail);
}

const integer = DIGITS;
const float = choice(
  number('.', optional(DIGITS), optional(/[eE][+-]?[0-9]+/)),
  number(/[eE][+-]?[0-9]+/),
);
const duration = repeat1(number(optional(seq('.', optional(DIGITS))), DURATION_UNIT));
const size = number(optional(seq('.', DIGITS)), SIZE_UNIT);

module.exports = grammar({
  name: 'actors',

  word: $ => $.identifier,

  externals: $ => [
    $._eol,
    $._joined,
    $._left_paren, $._right_paren,
    $._left_bracket, $._right_bracket,
    $._left_brace, $._right_brace,
    $._error,
  ],

  extras: $ => [/[ \t\r]/, $.comment, $._joined],

  supertypes: $ => [$._declaration, $._statement, $._value, $._expression],

  rules: {
    source_file: $ => seq(
      repeat($._eol),
      optional(seq($._declaration, repeat(seq($._sep, $._declaration)), optional($._sep))),
    ),

    _sep: $ => choice(seq(',', repeat($._eol)), repeat1($._eol)),

    comment: _ => token(seq('//', /[^\n]*/)),

    _declaration: $ => choice($.message, $.actor, $.graph, $.enum, $.const, $.filter, $.import),

    // Declarations

    import: $ => seq('import', field('path', $._string)),

    const: $ => seq('const', field('name', $.identifier), '=', field('value', $._value)),

    filter: $ => seq('filter', field('name', $.identifier), 'on', field('message', $.path), '=',
      field('condition', $._expression)),

    enum: $ => seq('enum', field('name', $.identifier), field('body', $.enum_values)),
    enum_values: $ => body($, '{', $.enum_value, '}'),
    enum_value: $ => field('name', $.identifier),

    message: $ => seq('message', field('name', $.identifier), field('body', $.fields)),
    fields: $ => body($, '{', $.field, '}'),
    field: $ => seq(
      field('name', $.identifier),
      field('type', $._type),
      optional(seq('=', field('default', $._value))),
      optional(seq('as', field('outside', $._string))),
    ),

    actor: $ => seq(
      'actor',
      field('name', $.identifier),
      optional(field('type_parameters', $.type_parameters)),
      optional(field('parameters', $.parameters)),
      repeat(choice($.endless, $.external, $.exec)),
      field('body', $.ports),
    ),
    type_parameters: $ => angles($, $.identifier),
    parameters: $ => body($, '(', $.parameter, ')'),
    parameter: $ => seq(
      field('name', $.identifier),
      field('type', $._type),
      optional(seq('=', field('default', $._value))),
    ),
    endless: _ => 'endless',
    external: _ => 'external',
    exec: $ => seq('exec', field('argv', $.list), optional('lines')),

    ports: $ => body($, '{', $.port, '}'),
    port: $ => seq(
      field('pattern', $.pattern),
      field('name', $.identifier),
      field('type', $._type),
      optional(choice(
        seq('->', repeat($._eol), field('reply', $._type)),
        seq('<->', repeat($._eol), field('receives', $._type)),
      )),
      repeat(choice($.key, $.codec, $.bind, $.connect, $.topic)),
    ),
    pattern: _ => choice(...PATTERNS),
    key: $ => seq('key', field('path', $.path)),
    codec: $ => seq('codec', field('name', $.identifier)),
    bind: $ => seq('bind', field('address', $._value)),
    connect: $ => seq('connect', field('address', $._value)),
    topic: $ => seq('topic', field('expression', $._expression)),

    graph: $ => seq(
      'graph',
      field('name', $.identifier),
      optional(field('type_parameters', $.type_parameters)),
      optional(field('parameters', $.parameters)),
      field('body', $.statements),
    ),

    // Types

    _type: $ => choice($.type_name, $.list_type, $.map_type, $.enum_type, $.optional_type),
    type_name: $ => $._path,
    optional_type: $ => seq(choice($.type_name, $.list_type, $.map_type, $.enum_type), '?'),
    list_type: $ => seq('[', repeat($._eol), field('element', $._type), repeat($._eol), ']'),
    map_type: $ => seq('{', repeat($._eol), field('key', $.identifier), ':', field('value', $._type), repeat($._eol), '}'),
    enum_type: $ => seq('enum', '(', repeat($._eol), alias($.identifier, $.enum_value),
      repeat(seq($._sep, alias($.identifier, $.enum_value))), optional($._sep), ')'),

    // Statements of a graph

    statements: $ => body($, '{', $._statement, '}'),
    _statement: $ => choice($.instance, $.wire, $.port, $.expose, $.deliver),

    instance: $ => seq(
      field('name', $._first_word),
      '=',
      field('actor', alias($._path, $.type_name)),
      optional(field('type_arguments', $.type_arguments)),
      field('arguments', $.arguments),
      optional($._instance_settings),
    ),
    type_arguments: $ => angles($, alias($._path, $.type_name)),
    arguments: $ => body($, '(', $.argument, ')'),
    argument: $ => seq(field('name', $.identifier), ':', field('value', $._value)),
    _instance_settings: $ => choice(
      repeat1($._instance_setting),
      alias($.instance_block, $.settings),
    ),
    instance_block: $ => body($, '{', $._instance_setting, '}'),
    _instance_setting: $ => choice($.replicas, $.restart, $.env_var, $.process),
    replicas: $ => seq('replicas', field('count', $._value)),
    restart: $ => seq('restart', field('policy', $.identifier),
      optional(seq('max', field('max', $._value), optional(seq('in', field('period', $._value)))))),
    env_var: $ => seq('env', field('name', $.identifier), field('value', $._value)),
    process: $ => seq('process', field('name', $.identifier)),

    wire: $ => seq(
      field('from', alias($._first_port, $.port_ref)),
      '->', repeat($._eol),
      choice(
        seq(field('to', $.port_ref), optional($._wire_settings)),
        // A chain is wires without settings.
        seq(field('to', $.port_ref), repeat1(seq('->', repeat($._eol), field('to', $.port_ref)))),
      ),
    ),
    _first_port: $ => seq(field('instance', $._first_word), optional($._port_of)),
    port_ref: $ => seq(field('instance', $.identifier), optional($._port_of)),
    _port_of: $ => seq(token.immediate('.'), field('port', $._next_word)),
    _wire_settings: $ => choice(
      seq(repeat1($._wire_setting), optional(choice($.where, $.else))),
      choice($.where, $.else),
      alias($.wire_block, $.settings),
    ),
    wire_block: $ => body($, '{', choice($._wire_setting, $.where, $.else), '}'),
    _wire_setting: $ => choice($.queue, $.deliver, $.journal, $.timeout, $.retry),
    queue: $ => seq('queue', choice(
      field('full', $.full),
      seq(field('size', $._value), optional(field('full', $.full))),
    )),
    full: _ => choice('block', 'drop_oldest', 'drop_newest'),
    deliver: $ => seq('deliver', field('mode', $.identifier)),
    journal: $ => seq('journal', field('folder', $._value)),
    timeout: $ => seq('timeout', field('limit', $._value)),
    retry: $ => seq('retry', field('count', $._value)),
    where: $ => seq('where', field('condition', $._expression)),
    else: _ => 'else',

    expose: $ => seq('expose', field('port', $.port_ref), field('address', $._value), optional($.codec)),

    // Names

    // The word that begins a statement: what follows tells whether it is a
    // keyword or a name.
    _first_word: $ => choice(
      $.identifier,
      alias(choice(...PATTERNS, 'expose', 'deliver'), $.identifier),
    ),
    _next_word: $ => alias(token.immediate(WORD), $.identifier),
    _path: $ => seq($.identifier, repeat(seq(token.immediate('.'), $._next_word))),
    path: $ => $._path,
    identifier: _ => WORD,

    // Values

    _value: $ => choice(
      $._string, $.integer, $.float, $.duration, $.size, $.true, $.false, $.nil,
      $.reference, $.env, $.secret, $.list, $.map,
    ),
    reference: $ => choice($.identifier, alias(choice('env', 'secret'), $.identifier)),
    env: $ => seq('env', '(', repeat($._eol), field('name', $._string),
      optional(seq($._sep, field('default', $._string))), optional($._sep), ')'),
    secret: $ => seq('secret', '(', repeat($._eol), field('name', $._string), optional($._sep), ')'),
    list: $ => body($, '[', $._value, ']'),
    map: $ => body($, '{', $.entry, '}'),
    entry: $ => seq(field('key', choice($.identifier, $._string)), ':', field('value', $._value)),

    true: _ => 'true',
    false: _ => 'false',
    nil: _ => 'nil',
    integer: _ => token(seq(optional('-'), integer)),
    float: _ => token(seq(optional('-'), float)),
    duration: _ => token(seq(optional('-'), duration)),
    size: _ => token(seq(optional('-'), size)),

    _string: $ => choice($.string, $.raw_string),
    string: $ => seq(
      '"',
      repeat(choice(alias(token.immediate(prec(1, /[^"\\\n]+/)), $.string_content), $.escape)),
      token.immediate('"'),
    ),
    raw_string: _ => token(seq('`', /[^`]*/, '`')),
    escape: _ => token.immediate(choice(
      /\\[abfnrtv\\"]/,
      /\\[0-7]{3}/,
      /\\x[0-9a-fA-F]{2}/,
      /\\u[0-9a-fA-F]{4}/,
      /\\U[0-9a-fA-F]{8}/,
    )),

    // Expressions

    _expression: $ => choice(
      $.ternary, $.binary, $.unary, $.member, $.index, $.call, $.group, $.closure, $.expression_list, $.element,
      $.name, $.true, $.false, $.nil,
      alias($._integer, $.integer), alias($._float, $.float), alias($._duration, $.duration), alias($._size, $.size),
      $.string, $.raw_string, $.single_quoted,
    ),

    name: $ => $.identifier,

    // # is the element at hand, and .field is short for #.field.
    element: $ => choice('#', prec(PREC.access, seq('.', field('field', $._next_word)))),

    group: $ => seq($._open_paren, $._expression, $._close_paren),
    closure: $ => seq($._open_brace, $._expression, $._close_brace),
    expression_list: $ => seq($._open_bracket, optional($._expressions), $._close_bracket),
    _expressions: $ => seq($._expression, repeat(seq(',', $._expression)), optional(',')),

    call: $ => prec(PREC.access, seq(
      field('function', $.identifier), $._open_paren, optional($._expressions), $._close_paren)),
    member: $ => prec(PREC.access, seq(field('value', $._expression), token.immediate('.'), field('field', $._next_word))),
    index: $ => prec(PREC.access, seq(field('value', $._expression), $._open_bracket,
      choice(field('index', $._expression), seq(optional($._expression), ':', optional($._expression))), $._close_bracket)),

    unary: $ => choice(
      prec(PREC.not, seq(field('operator', choice('!', 'not')), repeat($._eol), field('operand', $._expression))),
      prec(PREC.sign, seq(field('operator', choice('-', '+')), repeat($._eol), field('operand', $._expression))),
    ),

    binary: $ => {
      const word = seq(optional('not'), choice('in', 'contains', 'startsWith', 'endsWith', 'matches'));
      const table = [
        [prec.left, PREC.or, choice('||', 'or')],
        [prec.left, PREC.and, choice('&&', 'and')],
        [prec.left, PREC.compare, choice('==', '!=', '<', '<=', '>', '>=', word)],
        [prec.left, PREC.range, '..'],
        [prec.left, PREC.add, choice('+', '-')],
        [prec.left, PREC.multiply, choice('*', '/', '%')],
        [prec.right, PREC.power, choice('**', '^')],
        [prec.left, PREC.coalesce, '??'],
      ];
      return choice(...table.map(([associate, precedence, operator]) => associate(precedence, seq(
        field('left', $._expression),
        field('operator', operator), repeat($._eol),
        field('right', $._expression),
      ))));
    },

    ternary: $ => prec.right(PREC.ternary, seq(
      field('condition', $._expression),
      '?', repeat($._eol), field('then', $._expression),
      ':', repeat($._eol), field('otherwise', $._expression),
    )),

    // In an expression a minus is an operator, and what the scanner counts are
    // its brackets.
    _integer: _ => token(choice(integer, /0[xX][0-9a-fA-F_]+/, /0[oO][0-7_]+/, /0[bB][01_]+/)),
    _float: _ => token(choice(
      number('.', DIGITS, optional(/[eE][+-]?[0-9]+/)),
      number(/[eE][+-]?[0-9]+/),
      seq('.', DIGITS, optional(/[eE][+-]?[0-9]+/)),
    )),
    _duration: _ => token(repeat1(number(optional(seq('.', DIGITS)), DURATION_UNIT))),
    _size: _ => token(size),
    single_quoted: _ => token(seq("'", repeat(choice(/[^'\\\n]/, /\\[^\n]/)), "'")),

    _open_paren: $ => alias($._left_paren, '('),
    _close_paren: $ => alias($._right_paren, ')'),
    _open_bracket: $ => alias($._left_bracket, '['),
    _close_bracket: $ => alias($._right_bracket, ']'),
    _open_brace: $ => alias($._left_brace, '{'),
    _close_brace: $ => alias($._right_brace, '}'),
  },
});
