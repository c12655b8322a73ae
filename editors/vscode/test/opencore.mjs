// The repository, and opencore built from it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const extension = path.dirname(import.meta.dirname);
export const repository = path.resolve(extension, '../..');

/** Gives a folder that is gone when the process is. */
export function temporary() {
  const name = mkdtempSync(path.join(os.tmpdir(), 'opencore-vscode-'));
  process.on('exit', () => rmSync(name, { recursive: true, force: true }));
  return name;
}

/** Builds opencore and gives its path. */
export function build() {
  const program = path.join(temporary(), process.platform === 'win32' ? 'opencore.exe' : 'opencore');
  execFileSync('go', ['build', '-o', program, './cmd/opencore'], {
    cwd: repository, env: { ...process.env, CGO_ENABLED: '0' }, stdio: 'inherit',
  });
  return program;
}

/** The names of the files in the repository that fit patterns of git. */
export function files(...patterns) {
  const list = execFileSync('git', ['ls-files', '-z', '--', ...patterns], { cwd: repository, encoding: 'utf8' });
  return list.split('\0').filter(name => name !== '');
}

export function read(name) {
  return readFileSync(path.join(repository, name), 'utf8');
}
