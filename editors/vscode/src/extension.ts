// The extension: it starts `opencore lsp` and shows what that says.

import { homedir } from 'node:os';

import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';

import { find } from './program';

const install = 'https://github.com/ilpomo/opencore/blob/main/docs/editors.md';

let client: LanguageClient | undefined;
let log: vscode.OutputChannel;
// Starts and stops follow each other, however fast settings change.
let last: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel('opencore');
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('opencore.restart', restart),
    vscode.commands.registerCommand('opencore.log', () => log.show()),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('opencore.path')) {
        void restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  return restart();
}

export function deactivate(): Promise<void> {
  last = last.then(stop);
  return last;
}

function restart(): Promise<void> {
  last = last.then(stop).then(start);
  return last;
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  try {
    await old?.dispose();
  } catch (err) {
    log.appendLine(`stopping the language server: ${String(err)}`);
  }
}

async function start(): Promise<void> {
  const name = vscode.workspace.getConfiguration('opencore').get<string>('path', 'opencore');
  const program = await find(name, {
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    home: homedir(),
    path: process.env['PATH'] ?? '',
    extensions: process.platform === 'win32' ? ['.exe'] : [],
  });
  if (program === undefined) {
    void sayMissing(name);
    return;
  }
  log.appendLine(`starting ${program} lsp`);
  const server: ServerOptions = { command: program, args: ['lsp'] };
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: 'file', language: 'actors' }, { scheme: 'untitled', language: 'actors' }],
    outputChannel: log,
  };
  const started = new LanguageClient('opencore', 'opencore', server, options);
  client = started;
  try {
    await started.start();
  } catch (err) {
    // The client has said so already, and what the program wrote is in the log.
    log.appendLine(`${program} lsp: ${String(err)}`);
  }
}

async function sayMissing(name: string): Promise<void> {
  const message = `There is no program "${name}". Colours and snippets work without it; install it for all else, `
    + 'or say where it is in the setting opencore.path.';
  const how = 'How to install it', settings = 'Open the setting', again = 'Try again';
  switch (await vscode.window.showErrorMessage(message, how, settings, again)) {
    case how:
      await vscode.env.openExternal(vscode.Uri.parse(install));
      break;
    case settings:
      await vscode.commands.executeCommand('workbench.action.openSettings', 'opencore.path');
      break;
    case again:
      await restart();
      break;
  }
}
