import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Derives the key of a purpose as version 0.1 did, which had no data keys. */
export function earlierKey(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `patronus:${purpose}`, 32));
}

/** Encrypts a text as version 0.1 did. */
export function sealEarlier(
  masterKey: Buffer,
  { purpose, id, text }: { readonly purpose: string; readonly id: string; readonly text: string },
): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', earlierKey(masterKey, purpose), nonce);
  cipher.setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}
