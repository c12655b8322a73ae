// Text in the colours of the TextMate grammar, as VS Code computes them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { extension } from './opencore.mjs';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const wasm = readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
const grammars = { 'source.actors': 'actors.tmLanguage.json', 'markdown.actors.codeblock': 'actors.markdown.json' };

const registry = new textmate.Registry({
  onigLib: oniguruma.loadWASM(wasm).then(() => ({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text),
  })),
  loadGrammar: async scope => {
    const file = path.join(extension, 'syntaxes', grammars[scope]);
    return textmate.parseRawGrammar(readFileSync(file, 'utf8'), file);
  },
});

/** Gives each line of a text as its tokens, text and scopes, without spaces. */
export async function colours(text, scope = 'source.actors') {
  const grammar = await registry.loadGrammar(scope);
  let state = textmate.INITIAL;
  return text.split('\n').map(line => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens
      .map(({ startIndex, endIndex, scopes }) => ({ text: line.slice(startIndex, endIndex).trim(), scopes: scopes.slice(1) }))
      .filter(token => token.text !== '');
  });
}
