import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The key does not open this box: it is another key, or the box was changed. */
export class WrongKey extends Error {
  readonly code = 'wrong-key';
  constructor(options?: ErrorOptions) {
    super('The key does not open what was sealed.', options);
    this.name = 'WrongKey';
  }
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals text with AES-256-GCM. What a box belongs to (`about`) is part of the seal: boxes cannot be swapped between clusters. */
export interface SecretBox {
  seal(text: string, about: string): Uint8Array;
  /** @throws WrongKey */
  open(box: Uint8Array, about: string): string;
}

/** `key`: 32 bytes. Box: version, nonce, tag, ciphertext. */
export function makeSecretBox(key: Uint8Array): SecretBox {
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
    },
    open(box, about) {
      const bytes = Buffer.from(box);
      if (bytes[0] !== VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) throw new WrongKey();
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
      const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce);
        decipher.setAAD(Buffer.from(about));
        decipher.setAuthTag(tag);
        const text = decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new WrongKey({ cause });
      }
    },
  };
}
