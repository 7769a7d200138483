// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), checked with WebCrypto's Ed25519.
export interface Key { name: string; id: string; type: number; bytes: Uint8Array }
export interface Checkpoint { origin: string; size: number; root: Uint8Array; text: string; signatures: { name: string; bytes: Uint8Array }[] }
export type Verdict = 'signed' | 'unsigned' | 'unable';

export const fromBase64 = (text: string) => Uint8Array.from(atob(text), char => char.charCodeAt(0));
export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
export const toHex = (bytes: Uint8Array) => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');

/** NAME+ID+BASE64(type || key); null: not one. */
export function readKey(text: string): Key | null {
  const [name, id, ...rest] = text.trim().split('+');
  if (!name || !id || rest.length === 0) return null;
  try {
    const bytes = fromBase64(rest.join('+'));
    return { name, id, type: bytes[0]!, bytes: bytes.subarray(1) };
  } catch {
    return null;
  }
}

/** null: not a checkpoint. */
export function readCheckpoint(note: string): Checkpoint | null {
  const at = note.lastIndexOf('\n\n');
  if (at < 0) return null;
  const text = note.slice(0, at + 1);
  const [origin, size, root] = text.split('\n');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || !root) return null;
  const signatures = [];
  for (const line of note.slice(at + 2).split('\n')) {
    const found = /^\u2014 (\S+) (\S+)$/.exec(line);
    if (found) signatures.push({ name: found[1]!, bytes: fromBase64(found[2]!) });
  }
  return { origin, size: Number(size), root: fromBase64(root), text, signatures };
}

/** Whether the log's key signed it.  'unable': this browser knows no Ed25519. */
export async function verify(checkpoint: Checkpoint, key: Key): Promise<Verdict> {
  const line = checkpoint.signatures.find(each => each.name === key.name && toHex(each.bytes.subarray(0, 4)) === key.id);
  if (!line || key.name !== checkpoint.origin || key.type !== 1) return 'unsigned';
  let imported;
  try {
    imported = await crypto.subtle.importKey('raw', key.bytes as BufferSource, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return 'unable';
  }
  const holds = await crypto.subtle.verify({ name: 'Ed25519' }, imported, line.bytes.subarray(4) as BufferSource, new TextEncoder().encode(checkpoint.text));
  return holds ? 'signed' : 'unsigned';
}
