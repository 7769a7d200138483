// The client's rules for a clip that is being made: which part of it, and the word that is being written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSource } from './web_source.mjs';

const { complete, firstPart, least, moveBoth, moveEnd, moveStart, partInMs, tokenAt } = await loadSource('upload/part.ts', 'shell/token.ts');

test('a handle stops before the other one and at the ends of the film', () => {
  assert.deepEqual(firstPart(363, 180), { from: 0, to: 180 });
  assert.deepEqual(firstPart(12, 180), { from: 0, to: 12 });
  assert.deepEqual(moveStart({ from: 0, to: 10 }, -4, 180), { from: 0, to: 10 });
  assert.deepEqual(moveStart({ from: 0, to: 10 }, 20, 180), { from: 10 - least, to: 10 });
  assert.deepEqual(moveEnd({ from: 4, to: 10 }, 1, 12, 180), { from: 4, to: 4 + least });
  assert.deepEqual(moveEnd({ from: 4, to: 10 }, 99, 12, 180), { from: 4, to: 12 });
});

test('a part never grows past the longest clip: the other handle comes along', () => {
  assert.deepEqual(moveStart({ from: 100, to: 280 }, 40, 180), { from: 40, to: 220 });
  assert.deepEqual(moveEnd({ from: 0, to: 180 }, 300, 363, 180), { from: 120, to: 300 });
  assert.deepEqual(moveBoth({ from: 10, to: 70 }, 500, 363), { from: 303, to: 363 });
  assert.deepEqual(moveBoth({ from: 10, to: 70 }, -5, 363), { from: 0, to: 60 });
});

test('the server is told of nothing that is not cut off', () => {
  assert.deepEqual(partInMs({ from: 0, to: 12 }, 12.02), {});
  assert.deepEqual(partInMs({ from: 1.5, to: 12 }, 12), { start: 1500 });
  assert.deepEqual(partInMs({ from: 0, to: 9.25 }, 12), { end: 9250 });
});

const token = (marked) => {
  const caret = marked.indexOf('|');
  const found = tokenAt(marked.replace('|', ''), caret);
  return found && `${found.kind} ${found.query} ${found.from}-${found.to}`;
};

test('the word at the caret is a tag or a name only where the server would take it for one', () => {
  assert.equal(token('see #ch|'), 'tag ch 4-7');
  assert.equal(token('#चा|'), 'tag चा 0-3');
  assert.equal(token('مع @om|'), 'person om 3-6');
  assert.equal(token('@asha.r| and'), 'person asha.r 0-7');
  for (const none of ['#|', '@|', 'a#b|', 'mail@host|', '#ch|ai', '#a b|', 'plain|', '@@om|']) assert.equal(token(none), null, none);
});

test('a finished word has one blank behind it', () => {
  assert.deepEqual(complete('see #ch', tokenAt('see #ch', 7), 'chess'), { text: 'see #chess ', caret: 11 });
  assert.deepEqual(complete('@as and', tokenAt('@as and', 3), 'asha'), { text: '@asha and', caret: 6 });
});
