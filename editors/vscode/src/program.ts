// Where the program is that the language server is part of.

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** The surroundings of a search: those of the process, or of a test. */
export interface Surroundings {
  readonly folder: string | undefined; // what a relative path begins at
  readonly home: string;
  readonly path: string; // the variable PATH
  readonly extensions: readonly string[]; // what a program's name may end in, as on Windows
}

/**
 * Finds a program by its name, which is looked for in the PATH, or by a path.
 * Gives undefined if there is none that can be started.
 */
export async function find(name: string, around: Surroundings): Promise<string | undefined> {
  for (const candidate of candidates(name.trim(), around)) {
    for (const extension of ['', ...around.extensions]) {
      if (await starts(candidate + extension)) {
        return candidate + extension;
      }
    }
  }
  return undefined;
}

function candidates(name: string, around: Surroundings): string[] {
  if (name === '') {
    return [];
  }
  if (/^~[/\\]/.test(name)) {
    return [path.join(around.home, name.slice(2))];
  }
  if (path.isAbsolute(name)) {
    return [name];
  }
  if (/[/\\]/.test(name)) {
    return around.folder === undefined ? [] : [path.join(around.folder, name)];
  }
  const folders = around.path.split(path.delimiter).filter(path.isAbsolute);
  // Where `go install` puts programs, which an editor's PATH often lacks.
  return [...folders, path.join(around.home, 'go', 'bin')].map(folder => path.join(folder, name));
}

async function starts(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
