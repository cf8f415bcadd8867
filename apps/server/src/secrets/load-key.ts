import { randomBytes, scryptSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { StoreError } from '../store/store-error.ts';

const KEY_BYTES = 32;
/** Interactive strength: about 50 ms once per start. The salt need not be secret, only the same each time. */
const SCRYPT = { N: 16_384, r: 8, p: 1 };
const SALT = 'slotdeck/cluster-credentials/1';

/** From `SLOTDECK_SECRET`, else from the key file of the data folder, which is made at the first start (mode 0600). */
export function loadKey(folder: string, secret: string | null): Uint8Array {
  if (secret !== null) return scryptSync(secret, SALT, KEY_BYTES, SCRYPT);
  const path = resolve(folder, 'secret.key');
  try {
    return readKey(readFileSync(path, 'utf8'), path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
  }
  const key = randomBytes(KEY_BYTES);
  try {
    // 'wx': never over a file that is there.
    writeFileSync(path, key.toString('hex') + '\n', { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'storage-failed',
      `The key file ${path} cannot be written: ${seen}.`,
      { path, seen },
      { cause },
    );
  }
  return key;
}

function readKey(text: string, path: string): Uint8Array {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new StoreError(
      'storage-failed',
      `The key file ${path} is damaged: 64 hexadecimal digits are expected. Restore it from a backup, or move it away: the passwords of the clusters must then be entered again.`,
      { path },
    );
  }
  return Buffer.from(hex, 'hex');
}
