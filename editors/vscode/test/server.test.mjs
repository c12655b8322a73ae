// The language server, spoken to with the protocol library that the extension
// uses.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { build, temporary } from './opencore.mjs';

const require = createRequire(import.meta.url);
const protocol = require('vscode-languageserver-protocol/node');

const folder = temporary();
const uri = pathToFileURL(path.join(folder, 'clock.actors')).href;
const text = `message Tick { n int }
actor Clock() endless { push ticks Tick }
graph main {
  clock = Clock()
  out = log.Print()
  clock.tiks -> out where n > 1
}
`;

let server, connection;
const published = [];
let arrived = () => {};

/** Waits for diagnostics of a version of the text. */
async function diagnostics(version) {
  for (;;) {
    const found = published.find(params => params.uri === uri && params.version === version);
    if (found) {
      return found.diagnostics;
    }
    await new Promise(resolve => { arrived = resolve; });
  }
}

before(async () => {
  const home = path.join(folder, 'home');
  mkdirSync(home);
  writeFileSync(path.join(folder, 'clock.actors'), text);
  server = spawn(build(), ['lsp'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, HOME: home, XDG_CACHE_HOME: home } });
  connection = protocol.createProtocolConnection(server.stdout, server.stdin);
  connection.onNotification(protocol.PublishDiagnosticsNotification.type, params => {
    published.push(params);
    arrived();
  });
  connection.onRequest(protocol.RegistrationRequest.type, () => {});
  connection.listen();
  const { capabilities } = await connection.sendRequest(protocol.InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'clock' }],
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true }, workspaceEdit: { documentChanges: true } },
      textDocument: {
        publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, versionSupport: true },
        completion: { completionItem: { snippetSupport: true } },
        hover: { contentFormat: ['markdown', 'plaintext'] },
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } }, isPreferredSupport: true },
      },
    },
  });
  assert.ok(capabilities.completionProvider && capabilities.hoverProvider && capabilities.documentFormattingProvider);
  await connection.sendNotification(protocol.InitializedNotification.type, {});
  await connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'actors', version: 1, text },
  });
});

after(async () => {
  const ended = once(server, 'exit');
  await connection.sendRequest(protocol.ShutdownRequest.type);
  await connection.sendNotification(protocol.ExitNotification.type);
  assert.deepEqual(await ended, [0, null]);
  connection.dispose();
});

test('says what is wrong, and proposes what to do', async () => {
  const found = await diagnostics(1);
  const wrong = found.find(({ code }) => code === 'OC203');
  assert.deepEqual(wrong?.range, { start: { line: 5, character: 8 }, end: { line: 5, character: 12 } }, JSON.stringify(found));
  const actions = await connection.sendRequest(protocol.CodeActionRequest.type, {
    textDocument: { uri }, range: wrong.range, context: { diagnostics: [wrong] },
  });
  const edits = actions.flatMap(({ edit }) => (edit?.documentChanges ?? []).flatMap(change => change.edits)
    .concat(Object.values(edit?.changes ?? {}).flat()));
  assert.ok(edits.some(({ newText }) => newText === 'ticks'), JSON.stringify(actions));
});

test('completes, explains and formats', async () => {
  const position = { line: 5, character: 8 };
  const list = await connection.sendRequest(protocol.CompletionRequest.type, { textDocument: { uri }, position });
  assert.ok((list.items ?? list).some(({ label }) => label === 'ticks'), JSON.stringify(list));
  const hover = await connection.sendRequest(protocol.HoverRequest.type, { textDocument: { uri }, position: { line: 3, character: 11 } });
  assert.match(JSON.stringify(hover), /actor Clock/);
  const edits = await connection.sendRequest(protocol.DocumentFormattingRequest.type, { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } });
  assert.ok(edits.length > 0);
});

test('follows changes', async () => {
  const start = { line: 5, character: 8 };
  await connection.sendNotification(protocol.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start, end: { line: 5, character: 12 } }, text: 'ticks' }],
  });
  assert.deepEqual((await diagnostics(2)).filter(({ code }) => code === 'OC203'), []);
});
