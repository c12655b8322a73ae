import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import program from '../dist/test/program.js';
import { temporary } from './opencore.mjs';

const home = temporary();
const bin = path.join(home, 'bin');
const goBin = path.join(home, 'go', 'bin');
for (const [folder, name, mode] of [[bin, 'opencore', 0o755], [bin, 'notes', 0o644], [goBin, 'opencore', 0o755], [goBin, 'other', 0o755]]) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), '');
  chmodSync(path.join(folder, name), mode);
}
const around = { folder: home, home, path: ['', 'relative', bin].join(path.delimiter), extensions: [] };

for (const [what, name, want, change = {}] of [
  ['a name in the PATH', 'opencore', path.join(bin, 'opencore')],
  ['a name with spaces around it', ' opencore ', path.join(bin, 'opencore')],
  ['a name in the folder of go install', 'other', path.join(goBin, 'other')],
  ['a name that is nowhere', 'nothing', undefined],
  ['what cannot be started', 'notes', undefined],
  ['a folder', home, undefined],
  ['no name', '', undefined],
  ['a whole path', path.join(bin, 'opencore'), path.join(bin, 'opencore')],
  ['a path from home', '~/bin/opencore', path.join(bin, 'opencore')],
  ['a path from the folder that is open', './bin/opencore', path.join(bin, 'opencore')],
  ['such a path where none is open', './bin/opencore', undefined, { folder: undefined }],
]) {
  test(what, async () => {
    assert.equal(await program.find(name, { ...around, ...change }), want);
  });
}
