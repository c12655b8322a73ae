// The queries of all three editors fit the grammar, colour every word of the
// programs here, and colour none twice.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';

import { made } from '../../queries/make.mjs';
import { language, parse, Query, repository } from './parser.mjs';

const folders = {
  'tree-sitter': 'editors/tree-sitter-actors/queries',
  Neovim: 'editors/neovim/queries/actors',
  Helix: 'editors/helix/queries/actors',
};

function load(folder, name) {
  return new Query(language, readFileSync(path.join(repository, folder, name), 'utf8'));
}

const program = readFileSync(path.join(repository, 'examples/quakes/quakes.actors'), 'utf8') + `
import "other.actors"
filter Far on Quake = any(tags, # in ["a", 'b'] or .n not matches "c+" + \`d\`) ? depth ?? 1.5 > 2 : !nil && -mag < 1 // sure
actor Peer<T>(a {string: [int?]} = nil) exec ["jq"] lines { pair p timer.Tick <-> T codec json }
graph Two<T>(n int) {
  w = flow.Map<T>(m: {"a": env("A"), b: secret("B\\n")}) { replicas n, restart never max 3 in 1m, env K "v", process p }
  a.b -> w { queue 64KiB block, timeout never, deliver at_most_once }
  expose w.p "tcp://127.0.0.1:1" codec json
  in -> push else
}
`;

/** The leaves of a tree, in order; a string is one. */
function* leaves(node) {
  if (node.childCount === 0 || node.type === 'string') {
    yield node;
    return;
  }
  for (const child of node.children) {
    yield* leaves(child);
  }
}

for (const [editor, folder] of Object.entries(folders)) {
  suite(editor, () => {
    for (const name of readdirSync(path.join(repository, folder))) {
      test(`${name} fits the grammar`, () => {
        assert.ok(load(folder, name).captures(parse(program).rootNode).length > 0, 'captures nothing');
      });
    }

    test('every word has one colour', () => {
      const { rootNode } = parse(program);
      assert.ok(!rootNode.hasError);
      const colours = new Map();
      for (const { name, node } of load(folder, 'highlights.scm').captures(rootNode)) {
        const place = `${node.startIndex}-${node.endIndex}`;
        colours.set(place, (colours.get(place) ?? []).concat(name));
      }
      const wrong = [...leaves(rootNode)].map(node => ({
        text: node.text, colours: colours.get(`${node.startIndex}-${node.endIndex}`) ?? [],
      })).filter(leaf => leaf.colours.length !== 1);
      assert.deepEqual(wrong, []);
    });
  });
}

for (const [file, text] of Object.entries(made())) {
  test(`${file} is as editors/queries/make.mjs makes it`, () => {
    assert.equal(readFileSync(path.join(repository, 'editors', file), 'utf8'), text);
  });
}
