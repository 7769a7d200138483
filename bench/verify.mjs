// How fast amanat verify is, against OpenSSL's SHA-256 making the same hashes: a part of the suite "ledger".
//
//   node bench/verify.mjs [entries]        or through bench/ledger.mjs, which takes verifyFigure()
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Log, dayOf, writeLog } from '../tests/system/log_builder.mjs';
import { binary, root } from '../tests/system/server.mjs';
import { sha256 } from '../tests/system/verifier.mjs';
import { inTurn, report } from './measure.mjs';

const hashes = path.join(root, process.env.AMANAT_BUILD ?? 'build', 'bench', 'openssl_hashes');
const entries = 1_000_000;

/** A log as a busy node's would be: demands that are refused, told, totals of days. */
function makeLog(count) {
  const log = new Log(), begin = Date.UTC(2020, 0, 1), step = 60_000;
  log.begin(begin);
  log.charter(begin);
  for (let i = 0; log.lines.length < count; i++) {
    const at = begin + i * step * 4, demand = i.toString(16).padStart(16, '0'), papers = sha256(String(i)).toString('hex');
    const received = log.add('demand-received', at, { demand, asker: 'CN', kind: 'data', basis: 'court', residence: 'IN', home: 'SG', accounts: 1, papers });
    if (log.lines.length < count) log.add('demand-decided', at, { demand, received, outcome: 'refused-by-rule', rule: 2, charter: 1, accounts: 0, classes: null, reason: papers });
    if (log.lines.length < count) log.add('demand-told', at + step, { demand, received, accounts: 1 });
    if (log.lines.length < count) log.add('day', at + step, { date: dayOf(at), unwraps_session: i, unwraps_job: 3, unwraps_others: 4, unwraps_operator: 0, desk_reads: 1, accounts_erased: 0 });
  }
  return log;
}

export async function verifyFigure(rounds = 5, count = entries) {
  if (!existsSync(hashes)) throw new Error(`${hashes} is not built: install libssl-dev, then build again`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-bench-'));
  try {
    const log = makeLog(count);
    writeLog(log.files(), path.join(folder, 'log'));
    log.lines.length = 0;
    let seconds = 0;
    const verify = () => {
      rmSync(path.join(folder, 'state'), { force: true });
      const began = process.hrtime.bigint();
      const { status, stdout, stderr } = spawnSync(binary, ['verify', '--from-files', path.join(folder, 'log'), '--state', path.join(folder, 'state'), '--json'], { encoding: 'utf8' });
      seconds = Number(process.hrtime.bigint() - began) / 1e9;
      const found = status === null ? {} : JSON.parse(stdout);
      // the last demand of the log may be cut off: overdue, and nothing else
      if (found.size !== count || found.verdict === 'lie' || found.verdict === 'unchecked') throw new Error(`verify: ${status} ${stdout.slice(0, 2000)} ${stderr}`);
      return count / seconds;
    };
    const openssl = () => {
      const { status, stdout, stderr } = spawnSync(hashes, [path.join(folder, 'log', 'tile', 'entries'), String(count)], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return count / Number(stdout);
    };
    const { a, b, ratio } = await inTurn(rounds, verify, openssl);
    return {
      name: 'verify_vs_sha256', value: ratio, unit: 'ratio', target: 0.6, better: 'more',
      commands: [`amanat verify --from-files LOG --state NEW --json   (${count} entries; the whole program, start and report included)`,
        'openssl_hashes: the same leaves and nodes by EVP_DigestInit_ex, _Update, _Final on one context, one thread, entries in memory'],
      samples: { verified_entries_per_s: a, openssl_entries_per_s: b },
    };
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report('ledger', [await verifyFigure(5, Number(process.argv[2] ?? entries))], { part: true });
