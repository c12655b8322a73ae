// Builds the committed parser as an addon of Node, and gives it. A C compiler
// does; node-gyp would fetch headers from elsewhere.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(import.meta.url);
const Parser = require('tree-sitter');

export const folder = path.dirname(import.meta.dirname);
export const repository = path.resolve(folder, '../..');

/** Gives a folder that is gone when the process is. */
export function temporary() {
  const name = mkdtempSync(path.join(os.tmpdir(), 'tree-sitter-actors-'));
  process.on('exit', () => rmSync(name, { recursive: true, force: true }));
  return name;
}

function build() {
  const addon = path.join(temporary(), 'actors.node');
  const undefinedLater = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  execFileSync(process.env.CC ?? 'cc', [
    '-shared', '-fPIC', '-O1', '-Wall', '-Werror', ...undefinedLater,
    '-I', require('node-api-headers').include_dir, '-I', path.join(folder, 'src'),
    path.join(folder, 'test/binding.c'), path.join(folder, 'src/parser.c'), path.join(folder, 'src/scanner.c'),
    '-o', addon,
  ], { stdio: 'inherit' });
  return addon;
}

export const language = require(build());

const parser = new Parser();
parser.setLanguage(language);

/** Parses text of any length. */
export function parse(text) {
  return parser.parse(text, null, { bufferSize: Buffer.byteLength(text, 'utf16le') + 1024 });
}

export const Query = Parser.Query;
