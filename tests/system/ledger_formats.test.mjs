// The second implementation of the log's formats (verifier.mjs) against what others published; and the documents against the program.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { root, run } from './server.mjs';
import { Tree, base64, checkNote, consistent, cosign, emptyRoot, includes, leafHash, nodeHash, parseCheckpoint, parseEntry, parseKey, parseNote, parsePolicy, parseProof, publicOf,
  readForms, satisfies, sign, tilePath, writeKey } from './verifier.mjs';

const hex = (text) => Buffer.from(text, 'hex');
const b = (text) => Buffer.from(text, 'base64');

// RFC 6962's reference implementation, and all since, test with these eight leaves.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((l) => leafHash(hex(l)));
const roots = ['6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'];

test('roots of trees of nought to eight leaves are the published ones', () => {
  assert.equal(emptyRoot().toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  roots.forEach((r, i) => assert.equal(new Tree(leaves).root(i + 1).toString('hex'), r));
});

// github.com/transparency-dev/merkle, testdata/{inclusion,consistency}/*/happy-path.json
const inclusion = [
  [5, 8, 'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=', 'QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=',
    ['vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=', 'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=', '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=']],
  [2, 3, 'rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=', 'ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=', ['+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=']],
  [1, 5, 'Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=', 'lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=',
    ['bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=', 'Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=', 'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=']],
];
const consistency = [
  [1, 1, 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=', 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=', []],
  [1, 8, 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=', 'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=',
    ['lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=', 'Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=', 'a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=']],
  [6, 8, 'duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=', 'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=',
    ['DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=', 'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=', '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=']],
  [2, 5, '+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=', 'Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=',
    ['Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=', 'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=']],
  [6, 7, 'duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=', '3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=',
    ['DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=', 'sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=', '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=']],
];

test('published proofs hold, are made the same, and fail in the ways that their authors break them', () => {
  const tree = new Tree(leaves), flip = (h) => { const c = Buffer.from(h); c[0] ^= 16; return c; };
  for (const [index, size, root_, leaf, proof] of inclusion) {
    const hashes = proof.map(b);
    assert.ok(includes(index, size, b(leaf), hashes, b(root_)));
    assert.deepEqual(tree.inclusion(index, size), hashes);
    assert.deepEqual(leaves[index], b(leaf));
    for (const [i, s, l, p, r] of [[index + 1, size, b(leaf), hashes, b(root_)], [index - 1, size, b(leaf), hashes, b(root_)], [index ^ 2, size, b(leaf), hashes, b(root_)],
      [index, size * 2, b(leaf), hashes, b(root_)], [index, Math.floor(size / 2), b(leaf), hashes, b(root_)], [index, size, flip(b(leaf)), hashes, b(root_)],
      [index, size, b(leaf), [...hashes, b(root_)], b(root_)], [index, size, b(leaf), [b(root_), ...hashes], b(root_)], [index, size, b(leaf), hashes.slice(0, -1), b(root_)],
      [index, size, b(leaf), [flip(hashes[0]), ...hashes.slice(1)], b(root_)], [index, size, b(leaf), hashes, emptyRoot()]])
      assert.equal(includes(i, s, l, p, r), false);
  }
  for (const [old, size, oldRoot, root_, proof] of consistency) {
    const hashes = proof.map(b);
    assert.ok(consistent(old, size, b(oldRoot), b(root_), hashes));
    assert.deepEqual(tree.consistency(old, size), hashes);
    if (old === size) continue;
    for (const [m, n, r1, r2, p] of [[old - 1, size, b(oldRoot), b(root_), hashes], [old + 1, size, b(oldRoot), b(root_), hashes], [old, size * 2, b(oldRoot), b(root_), hashes],
      [old, size, b(root_), b(oldRoot), hashes], [old, size, flip(b(oldRoot)), b(root_), hashes], [old, size, b(oldRoot), flip(b(root_)), hashes],
      [old, size, b(oldRoot), b(root_), []], [old, size, b(oldRoot), b(root_), [...hashes, b(root_)]], [old, size, b(oldRoot), b(root_), [b(oldRoot), ...hashes]],
      [old, size, b(oldRoot), b(root_), hashes.slice(0, -1)], [old, size, b(oldRoot), b(root_), [flip(hashes[0]), ...hashes.slice(1)]]])
      assert.equal(consistent(m, n, r1, r2, p), false, `${m} ${n}`);
  }
  assert.ok(consistent(0, 8, emptyRoot(), hex(roots[7]), []) && !consistent(0, 8, emptyRoot(), hex(roots[7]), [leaves[0]]));
});

const dash = '\u2014';
test('the notes that the Go project, its checksum database and Sigsum publish are signed by their keys', () => {
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', enoch = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
  const both = parseNote(Buffer.from(`${text}\n${dash} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n` +
    `${dash} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n`));
  assert.equal(both.text, text);
  assert.equal(checkNote(both, parseKey(peter)).verdict, 'signed');
  // a key of type 1 whose base64 begins with ATt
  assert.equal(checkNote(both, parseKey(enoch)).verdict, 'signed');
  const foo = parseNote(Buffer.from(`This is an example message.\n\n${dash} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n`));
  assert.equal(checkNote(foo, parseKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')).verdict, 'signed');
  const sumdb = parseKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
  const note = parseNote(Buffer.from(`go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n` +
    `${dash} sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=\n`));
  assert.equal(checkNote(note, sumdb).verdict, 'signed');
  assert.equal(parseCheckpoint(note.text).size, 30055305n);
  note.text = note.text.replace('30055305', '30055306');
  assert.equal(checkNote(note, sumdb).verdict, 'forged');
});

test("Sigsum's checkpoint and cosignature are what its key makes", () => {
  const seed = Buffer.concat([Buffer.from([17]), Buffer.alloc(31)]), rootHash = 'HA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
  const origin = 'sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69', text = `${origin}\n10\n${rootHash}\n`;
  assert.equal(sign(text, origin, seed), `${dash} ${origin} gJ2ho0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/lTznxu6OUGjjt5yJQ6bXtTcf718MqAQ=\n`);
  const cosigned = `example.org/log\n10\n${rootHash}\n`;
  const line = `${dash} example.org/witness ys8uUAAAAAAAAATSftMzceM8zssdZ9jin9SjwIxzx9iADMf63VqirX2hafol9RsqNqbofIz0LVRqHXI2kpEBSki5RTXFtxz1vo9+Cg==\n`;
  assert.equal(cosign(cosigned, 'example.org/witness', seed, 1234), line);
  const note = parseNote(Buffer.from(`${cosigned}\n${line}`)), key = parseKey(writeKey('example.org/witness', 4, publicOf(seed)));
  assert.deepEqual(checkNote(note, key), { verdict: 'signed', time: 1234n });
});

test("the specifications' examples of form are read: a cosigned checkpoint, tiles' paths, a proof", () => {
  const note = parseNote(Buffer.from(`example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n` +
    `${dash} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n` +
    `${dash} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n`));
  assert.equal(parseCheckpoint(note.text).size, 20852163n);
  assert.equal(note.signatures[1].bytes.length, 72);
  assert.equal(tilePath(0, 1234067, 12), 'tile/0/x001/x234/067.p/12');
  assert.equal(tilePath('entries', 5), 'tile/entries/005');
  const hashes = ['gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=', 'B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA='];
  const proof = parseProof(Buffer.from(`c2sp.org/tlog-proof@v1\nextra QUFB\nindex 73894\n${hashes.join('\n')}\n\n${note.text}\n${dash} a QUFBQUE=\n`));
  assert.equal(proof.index, 73894n);
  assert.deepEqual(proof.hashes, hashes.map(base64));
});

test('a policy asks for as many as its groups say', () => {
  const seeds = [1, 2, 3, 4].map((n) => Buffer.alloc(32, n)), text = `log.example\n7\n${hex(roots[6]).toString('base64')}\n`;
  const policy = parsePolicy(['# a reader', `log ${writeKey('log.example', 1, publicOf(seeds[0]))}`, ...[1, 2, 3].map((n) => `witness w${n} ${writeKey(`w${n}.example`, 4, publicOf(seeds[n]))} https://w${n}.example`),
    'group two 2 w1 w2 w3', 'quorum two', ''].join('\n'));
  const noted = (...who) => parseNote(Buffer.from(`${text}\n${sign(text, 'log.example', seeds[0])}${who.map((n) => cosign(text, `w${n}.example`, seeds[n], 1)).join('')}`));
  assert.ok(satisfies(noted(1, 3), policy) && satisfies(noted(1, 2, 3), policy));
  assert.ok(!satisfies(noted(2), policy) && !satisfies(noted(), policy));
  assert.throws(() => parsePolicy('quorum none\n'));
});

test('nodes of proofs are hashed with their prefix', () => {
  assert.equal(nodeHash(leaves[0], leaves[1]).toString('hex'), roots[1]);
});

test('docs/ledger-entries.md is what the program prints, and tells all that it takes to read an entry', async () => {
  const { stdout } = await run(['ledger', 'entries']);
  assert.equal(readFileSync(path.join(root, 'docs/ledger-entries.md'), 'utf8'), stdout);
  const forms = readForms();
  assert.ok(forms.size >= 19);
  assert.deepEqual(parseEntry('takedown 2026-11-22T09:30:00Z what=video basis=law country=SG demand=-', forms).fields, { what: 'video', basis: 'law', country: 'SG', demand: null });
  for (const wrong of ['takedown 2026-11-22T09:30:00Z what=video basis=law country=SG', 'takedown 2026-11-22T09:30:00Z what=video basis=law country=sg demand=-',
    'takedown 2026-02-30T09:30:00Z what=video basis=law country=SG demand=-', 'takedown 2026-11-22T09:30:00Z basis=law what=video country=SG demand=-',
    'takedown  2026-11-22T09:30:00Z what=video basis=law country=SG demand=-', 'takedown 2026-11-22T09:30:00Z what=video basis=law country=SG demand=- ', 'nothing 2026-11-22T09:30:00Z'])
    assert.throws(() => parseEntry(wrong, forms), wrong);
});
