// Whether src/parser.c was made of grammar.js as it stands. To make it again
// takes the program tree-sitter, which machines that test need not have; so
// `npm run generate` notes what it made of what.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(import.meta.dirname);
const note = path.join(folder, 'src/parser.sha256');

/** The sums of the grammar and of what is made of it, as sha256sum has them. */
export function sums() {
  return ['grammar.js', 'src/grammar.json', 'src/node-types.json', 'src/parser.c'].map(name => {
    const sum = createHash('sha256').update(readFileSync(path.join(folder, name))).digest('hex');
    return `${sum}  ${name}\n`;
  }).join('');
}

/** What they were when the parser was made. */
export function noted() {
  return readFileSync(note, 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(note, sums());
}
