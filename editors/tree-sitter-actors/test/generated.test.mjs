import assert from 'node:assert/strict';
import { test } from 'node:test';

import { noted, sums } from './digest.mjs';

test('the parser was made of the grammar', () => {
  assert.equal(sums(), noted(), 'run: npm run generate');
});
