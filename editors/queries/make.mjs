// Makes each editor's queries of the ones here: editors call the same thing by
// different names. Run it after a change: node editors/queries/make.mjs. A test
// of tree-sitter-actors holds that the editors have what it makes.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

// What an editor calls a capture; one that is not named is called as here. A
// line with a capture that is null is nothing for that editor.
const editors = {
  'tree-sitter-actors/queries': {
    queries: ['highlights', 'injections', 'locals'],
    names: {
      'boolean': 'constant.builtin',
      'constant.enum': 'constant',
      'keyword.conditional.ternary': 'keyword',
      'keyword.import': 'keyword',
      'keyword.modifier': 'keyword',
      'keyword.operator': 'keyword',
      'keyword.type': 'keyword',
      'local.definition.constant': 'local.definition',
      'local.definition.function': 'local.definition',
      'local.definition.parameter': 'local.definition',
      'local.definition.type': 'local.definition',
      'local.definition.var': 'local.definition',
      'number.float': 'number',
      'string.escape': 'escape',
      'type.definition': 'type',
      'variable.member': 'property',
    },
  },
  'neovim/queries/actors': {
    queries: ['highlights', 'indents', 'injections', 'locals'],
    names: {
      'constant.enum': 'constant',
      'indent': 'indent.begin',
      'outdent': 'indent.branch @indent.end',
    },
  },
  'helix/queries/actors': {
    queries: ['highlights', 'indents', 'injections'],
    names: {
      'boolean': 'constant.builtin.boolean',
      'comment': 'comment.line',
      'comment.documentation': 'comment.line.documentation',
      'constant.enum': 'type.enum.variant',
      'indent.auto': null,
      'keyword.conditional.ternary': 'keyword.operator',
      'keyword.import': 'keyword.control.import',
      'keyword.modifier': 'keyword.storage.modifier',
      'keyword.type': 'keyword.storage.type',
      'module': 'namespace',
      'number': 'constant.numeric.integer',
      'number.float': 'constant.numeric.float',
      'string.escape': 'constant.character.escape',
      'type.definition': 'type',
      'variable.member': 'variable.other.member',
    },
  },
};

/** The text of each query that is made, by its path under editors. */
export function made() {
  const files = {};
  for (const [folder, { queries, names }] of Object.entries(editors)) {
    for (const query of queries) {
      files[`${folder}/${query}.scm`] = translated(query, names);
    }
  }
  return files;
}

function translated(query, names) {
  const lines = readFileSync(path.join(here, `${query}.scm`), 'utf8').split('\n');
  const kept = lines.filter(line => !captures(line).some(name => names[name] === null));
  const text = kept.map(line => line.replace(capture, (_, name) => `@${names[name] ?? name}`)).join('\n');
  return `; Made of editors/queries/${query}.scm; make.mjs beside it says how.\n\n${text.trim()}\n`;
}

const capture = /@([a-z.]+)/g;

function captures(line) {
  return [...line.matchAll(capture)].map(match => match[1]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of Object.entries(made())) {
    writeFileSync(path.join(here, '..', file), text);
  }
}
