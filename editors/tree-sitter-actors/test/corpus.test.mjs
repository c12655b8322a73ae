// The tests in corpus/, as `tree-sitter test` runs them, without its program.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';

import { parse } from './parser.mjs';

const corpus = path.join(import.meta.dirname, 'corpus');

/** Reads a file of the corpus: titles between lines of =, text, ---, tree. */
function cases(text) {
  const parts = text.split(/^={3,}\n([^]*?)\n={3,}\n/m).slice(1);
  const list = [];
  for (let i = 0; i < parts.length; i += 2) {
    const [title, ...attributes] = parts[i].split('\n');
    const [source, tree] = parts[i + 1].split(/^---\n/m);
    list.push({ title, broken: attributes.includes(':error'), source: source.replace(/^\n/, '').replace(/\n$/, ''), tree });
  }
  return list;
}

/** Writes a tree in one form, with the names of fields if the other has some. */
function normal(tree, fields) {
  const oneLine = tree.trim().replace(/\s+/g, ' ').replace(/ \)/g, ')');
  return fields ? oneLine : oneLine.replace(/[a-z_]+: /g, '');
}

for (const file of readdirSync(corpus)) {
  suite(file, () => {
    for (const { title, broken, source, tree } of cases(readFileSync(path.join(corpus, file), 'utf8'))) {
      test(title, () => {
        const { rootNode } = parse(source);
        if (broken) {
          assert.ok(rootNode.hasError, 'parses without an error');
          return;
        }
        const fields = /[a-z_]+: \(/.test(tree);
        assert.equal(normal(rootNode.toString(), fields), normal(tree, fields));
      });
    }
  });
}
