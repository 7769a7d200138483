// Damage that is certain: a fixed byte may be what stood there anyway, once in 256 times where all is encrypted.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Turns one bit of the byte at `at`. */
export function flip(file, at) {
  const fd = openSync(file, 'r+'), byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  byte[0] ^= 1;
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}
