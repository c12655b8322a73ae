// What VS Code itself does while one types: indentation and snippets.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { build, extension, files, read } from './opencore.mjs';

function json(name) {
  return JSON.parse(readFileSync(path.join(extension, name), 'utf8'));
}

let opencore;
before(() => { opencore = build(); });

test('lines are indented as opencore fmt does', () => {
  const { increaseIndentPattern, decreaseIndentPattern } = json('language-configuration.json').indentationRules;
  const increase = new RegExp(increaseIndentPattern), decrease = new RegExp(decreaseIndentPattern);
  const wrong = [];
  let indented = 0;
  for (const name of files('examples/*.actors', 'stdlib/*.actors')) {
    let depth = 0;
    read(name).replace(/`[^`]*`/g, '``').split('\n').forEach((line, i, lines) => {
      depth -= decrease.test(line) ? 1 : 0;
      const goesOn = i > 0 && /(&&|\|\||->)\s*(\/\/.*)?$/.test(lines[i - 1]);
      if (line !== '' && !goesOn && line.search(/\S/) !== 2 * depth) {
        wrong.push(`${name}:${i + 1}: ${line}`);
      }
      indented += depth > 0 ? 1 : 0;
      depth += increase.test(line) ? 1 : 0;
    });
  }
  assert.deepEqual(wrong, []);
  assert.ok(indented > 100);
});

/** A snippet as it stands before anything is typed into it. */
function expanded(body) {
  const text = [body].flat().join('\n');
  const given = new Map();
  const filled = text
    .replace(/\$\{(\d+)\|([^,|]*)[^|]*\|\}/g, (_, n, first) => `\${${n}:${first}}`)
    .replace(/\$\{(\d+)(?::([^}]*))?\}/g, (_, n, value = '') => {
      given.set(n, value);
      return value;
    });
  return filled.replace(/\$(\d+)/g, (_, n) => given.get(n) ?? '');
}

test('snippets are programs, or statements of one', () => {
  const snippets = Object.entries(json('snippets/actors.json'));
  assert.ok(snippets.length > 5);
  for (const [name, { body, prefix }] of snippets) {
    const text = expanded(body);
    const input = (prefix === 'wire' ? `graph main {\n  ${text}\n}` : text) + '\n';
    const { status, stderr } = spawnSync(opencore, ['fmt', '-'], { input, encoding: 'utf8' });
    assert.equal(status, 0, `${name}: ${stderr}`);
  }
});
