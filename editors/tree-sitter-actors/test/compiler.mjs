// What the compiler says of a file's syntax.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { repository, temporary } from './parser.mjs';

const folder = temporary();
const opencore = path.join(folder, 'opencore');
execFileSync('go', ['build', '-o', opencore, './cmd/opencore'], {
  cwd: repository, env: { ...process.env, CGO_ENABLED: '0' }, stdio: 'inherit',
});

/**
 * Tells for each text whether the compiler's parser takes it. Expressions are
 * text to that parser: what is wrong in one, it doesn't say.
 */
export function accepts(texts) {
  const names = texts.map((text, i) => {
    const name = `${i}.actors`;
    writeFileSync(path.join(folder, name), text);
    return name;
  });
  const { stdout, stderr, status } = spawnSync(opencore, ['fmt', '--check', '--json', ...names], {
    cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28,
  });
  if (status !== 0 && status !== 1) {
    throw new Error(`opencore fmt: ${stderr}`);
  }
  const broken = new Set(JSON.parse(stdout).filter(d => d.severity === 'error').map(d => d.span.file));
  return names.map(name => !broken.has(name));
}
