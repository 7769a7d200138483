// An own certificate authority in a test's folder, and certificates that it signs.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

function openssl(args, input = '') {
  const { status, stderr, stdout } = spawnSync('openssl', args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  return stdout;
}
const kinds = { ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], rsa: ['-newkey', 'rsa:2048'], short: ['-newkey', 'rsa:1024'] };

/** { ca, pair(name, options) }: `ca` is the path of its certificate; a pair is { certificate, key }, paths, with the chain in the former. */
export function authority(folder) {
  mkdirSync(folder, { recursive: true });
  const at = (name) => path.join(folder, name);
  openssl(['req', '-x509', ...kinds.ec, '-nodes', '-days', '30', '-subj', '/CN=Amanat test authority', '-addext', 'basicConstraints=critical,CA:TRUE',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', at('ca.key'), '-out', at('ca.crt')]);
  return {
    ca: at('ca.crt'),
    pair(name, { kind = 'ec', days = 10, host = 'amanat.example' } = {}) {
      openssl(['req', '-new', ...kinds[kind], '-nodes', '-subj', `/CN=${host}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`)]);
      writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${host},DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n`);
      const leaf = openssl(['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-set_serial', `0x4${randomBytes(15).toString('hex')}`, '-days', String(days),
        '-extfile', at(`${name}.ext`)]);
      const chain = openssl(['x509', '-in', at('ca.crt')]);
      writeFileSync(at(`${name}.crt`), leaf + chain);
      return { certificate: at(`${name}.crt`), key: at(`${name}.key`), leaf };
    },
    at,
  };
}

/** The serial number of the certificate that a port shows, by openssl itself: { ok, serial, protocol, cipher, alpn, said }. */
export function shake(port, args, { ca } = {}) {
  const { stdout, stderr } = spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...(ca ? ['-CAfile', ca, '-verify_return_error', '-verify_ip', '127.0.0.1'] : []), ...args],
    { encoding: 'utf8', input: '', timeout: 20_000 });
  const said = stdout + stderr;
  const [, protocol, cipher] = /^New, (\S+), Cipher is (\S+)$/m.exec(said) ?? [];
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(said)?.[0];
  return { ok: cipher !== undefined && cipher !== '(NONE)', protocol, cipher, alpn: /^ALPN protocol: (.*)$/m.exec(said)?.[1], verified: /Verify return code: 0 \(ok\)/.test(said),
    serial: pem ? openssl(['x509', '-noout', '-serial'], pem).trim() : null, said };
}
