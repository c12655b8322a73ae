import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { colours } from './colours.mjs';
import { files, read } from './opencore.mjs';

/** Writes a text with the innermost scope under each of its words. */
async function annotated(text) {
  const lines = await colours(text);
  return text.split('\n').flatMap((line, i) => [
    `>${line}`,
    ...lines[i].map(({ text, scopes }) => `    ${text.padEnd(20)} ${(scopes.at(-1) ?? 'none').replace(/\.actors$/, '')}`),
  ]).join('\n') + '\n';
}

const sample = path.join(import.meta.dirname, 'sample.actors');
const snapshot = path.join(import.meta.dirname, 'sample.snapshot');

test('the sample has the colours that it had; UPDATE=1 writes them anew', async () => {
  const found = await annotated(readFileSync(sample, 'utf8').trimEnd());
  if (process.env.UPDATE) {
    writeFileSync(snapshot, found);
  }
  assert.equal(found, readFileSync(snapshot, 'utf8'));
});

// Words and signs that have the scope of what they stand in and none of their
// own have no colour.
function plain(token) {
  return !token.scopes.some(scope => !scope.startsWith('meta.')) || token.scopes.some(scope => scope.startsWith('invalid.'));
}

const programs = files('examples/*.actors', 'stdlib/*.actors', 'lang/check/testdata/good_*.actors').map(name => ({ name, text: read(name) }))
  .concat(files('docs/*.md').flatMap(name => [...read(name).matchAll(/^```actors[^\n]*\n([^]*?)^```/gm)]
    .map((fence, i) => ({ name: `${name}, example ${i + 1}`, text: fence[1] }))));

test('every word of every program has a colour', async () => {
  assert.ok(programs.length > 40, `only ${programs.length} programs found`);
  const wrong = [];
  for (const { name, text } of programs) {
    const lines = await colours(text);
    lines.forEach((tokens, i) => wrong.push(...tokens.filter(plain).map(({ text }) => `${name}:${i + 1}: ${text}`)));
  }
  assert.deepEqual(wrong, []);
});

test('a declaration behind any program is one', async () => {
  for (const { name, text } of programs) {
    const lines = await colours(`${text}\nmessage Last { n int }`);
    assert.equal(lines.at(-1)[0].scopes.at(-1), 'storage.type.actors', name);
    assert.equal(lines.at(-1)[0].scopes.length, 2, name);
  }
});
