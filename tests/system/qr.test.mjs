// QR codes that the client draws, read by a reader that knows nothing of how they were made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsqr from 'jsqr';
import { loadSource } from './web_source.mjs';

const { qrModules, qrPath } = await loadSource('qr.ts');

function read(modules, scale = 4) {
  const side = (modules.length + 8) * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) {
    if (modules[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4]) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  }
  return jsqr(pixels, side, side)?.data;
}

test('a_link_is_read_as_it_was_written', () => {
  for (const text of ['https://amanat.example/v/250076365498123456', 'http://127.0.0.1:8080/@asha', 'A', 'https://x.example/@ম?q=%20'])
    assert.equal(read(qrModules(text)), text);
});

test('each_length_up_to_the_largest_is_read', () => {
  for (let length = 1; length <= 213; length += 4) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(33 + (i * 7 + length) % 94)).join('');
    assert.equal(read(qrModules(text)), text, `${length} bytes`);
  }
  assert.equal(qrModules('x'.repeat(213)).length, 57);
  assert.equal(qrModules('x'.repeat(214)), null);
});

test('a_smudge_is_corrected', () => {
  const text = 'https://amanat.example/v/250076365498123456';
  const modules = qrModules(text);
  for (let y = 12; y < 16; y++) for (let x = 12; x < 16; x++) modules[y][x] = false;
  assert.equal(read(modules), text);
});

test('the_path_draws_each_dark_module_inside_its_quiet_zone', () => {
  const modules = qrModules('A');
  const { path, side } = qrPath(modules);
  assert.equal(side, 29);
  assert.equal(path.match(/M/g).length, modules.flat().filter(Boolean).length);
  assert.ok(path.startsWith('M4 4h1v1h-1z'));
});
