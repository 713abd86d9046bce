import { createHmac } from 'node:crypto';

export type Members = Readonly<Record<string, unknown>>;

export const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** Returns the token with one of its segments replaced by the result of `edit`. */
export function editSegment(token: string, index: number, edit: (text: string) => string): string {
  const segments = token.split('.');
  segments[index] = edit(segments[index] ?? '');
  return segments.join('.');
}

/** A segment of JSON with `members` set in it. */
export function editObject(segment: string, members: Members): string {
  const object: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  return encode(JSON.stringify(Object.assign({}, object, members)));
}

export function splice(text: string, position: number, removed: number, added = ''): string {
  const start = position % (text.length + 1);
  return text.slice(0, start) + added + text.slice(start + removed);
}

export function flipBit(segment: string, bit: number): string {
  const bytes = Buffer.from(segment, 'base64url');
  const position = bit % (bytes.length * 8);
  const index = position >> 3;
  bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (position & 7)), index);
  return encode(bytes);
}

/** Another spelling of the same bytes: the last character has unused bits. */
export function bendLastCharacter(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return segment.slice(0, -1) + (alphabet[alphabet.indexOf(segment.at(-1) ?? '') ^ 1] ?? '');
}

/** Returns the token with other claims, signed with a symmetric algorithm. */
export function forge(token: string, alg: string, secret: string, claims: Members): string {
  const [header = '', payload = ''] = token.split('.');
  const signed = `${editObject(header, { alg })}.${editObject(payload, claims)}`;
  const hash = alg.replace('HS', 'sha');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** Encodes a text as a client can send it in a header: the bytes of UTF-8, without control characters. */
export function asHeader(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return bytes.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
}
