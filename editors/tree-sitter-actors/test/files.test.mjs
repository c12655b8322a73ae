// The compiler's parser and this one, on every program of the repository and
// on what is left of them without a piece.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { accepts } from './compiler.mjs';
import { parse, repository } from './parser.mjs';

function files(...patterns) {
  const list = execFileSync('git', ['ls-files', '-z', '--', ...patterns], { cwd: repository, encoding: 'utf8' });
  return list.split('\0').filter(name => name !== '');
}

function read(name) {
  return readFileSync(path.join(repository, name), 'utf8');
}

/** The programs in the fences of Markdown files. */
function fenced(...patterns) {
  return files(...patterns).flatMap(name => {
    const fences = [...read(name).matchAll(/^```actors[^\n]*\n([^]*?)^```/gm)];
    return fences.map((fence, i) => ({ name: `${name}, example ${i + 1}`, text: fence[1] }));
  });
}

/** The first place that tree-sitter could not parse; undefined if there is none. */
function problem(text) {
  const { rootNode } = parse(text);
  const broken = rootNode.hasError && rootNode.descendantsOfType('ERROR').concat(missing(rootNode))[0];
  return broken ? `${broken.isMissing ? 'missing' : 'error'} at line ${broken.startPosition.row + 1}` : undefined;
}

function missing(node) {
  return node.isMissing ? [node] : node.children.flatMap(missing);
}

const whole = files('*.actors', ':!lang/check/testdata/bad_*').map(name => ({ name, text: read(name) }))
  .concat(fenced('docs/*.md', 'examples/*.md', 'README.md'));
const wrong = files('lang/check/testdata/bad_*.actors').map(name => ({ name, text: read(name) }))
  .concat(fenced('lang/diag/pages/*.md'));

test('whole programs parse', () => {
  assert.ok(whole.length > 40, `only ${whole.length} programs found`);
  const accepted = accepts(whole.map(program => program.text));
  const found = whole.map(({ name, text }, i) => ({ name, compiler: accepted[i], problem: problem(text) }));
  assert.deepEqual(found.filter(program => !program.compiler || program.problem), []);
});

test('what the compiler cannot parse is flagged', () => {
  const accepted = accepts(wrong.map(program => program.text));
  const refused = wrong.filter((_, i) => !accepted[i]);
  assert.ok(refused.length > 10, `only ${refused.length} broken programs found`);
  assert.deepEqual(refused.filter(({ text }) => !problem(text)).map(({ name }) => name), []);
});

/** What a program is without one of its tokens, for each of them. */
function* cut(text) {
  for (const token of text.matchAll(/[\p{L}\p{Nd}_.]+|->|"[^"\n]*"|\n|[^\s\w]/gu)) {
    const before = text.slice(0, token.index);
    const after = text.slice(token.index + token[0].length);
    const line = before.slice(before.lastIndexOf('\n') + 1) + token[0] + after.slice(0, after.indexOf('\n'));
    // An expression is text to the compiler's parser.
    yield { text: before + after, expression: /\b(where|topic|filter)\b/.test(line) };
  }
}

test('they agree on programs that lack a word or a sign', () => {
  const pieces = fenced('docs/language.md').flatMap(({ text }) => [...cut(text)]);
  assert.ok(pieces.length > 1000, `only ${pieces.length} programs made`);
  const accepted = accepts(pieces.map(({ text }) => text));
  const differ = pieces.filter(({ text, expression }, i) => {
    const parses = !problem(text);
    return parses && !accepted[i] || !parses && accepted[i] && !expression;
  });
  assert.deepEqual(differ, []);
});
