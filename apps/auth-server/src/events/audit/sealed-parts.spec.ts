import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { commitmentOf, digestOf, openPart, sealPart } from './sealed-parts.js';

const ID = '019e0000-0000-7000-8000-000000000000';
const newKey = () => createSecretKey(randomBytes(32));
const key = newKey();

describe('a sealed part', () => {
  const value = { device: 'Firefox on Linux', address: '203.0.113.7' };
  const sealed = sealPart(key, 'actor', ID, value);

  it('opens with its key, for its event', () => {
    expect(openPart(key, 'actor', ID, sealed)).toEqual(value);
    expect(sealed.includes('203.0.113.7')).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['another key', () => openPart(newKey(), 'actor', ID, sealed)],
    ['another part', () => openPart(key, 'subject', ID, sealed)],
    ['another event', () => openPart(key, 'actor', ID.replace('7000', '7001'), sealed)],
    ['a changed byte', () => openPart(key, 'actor', ID, sealed.with(30, sealed.at(30)! ^ 1))],
    ['a missing byte', () => openPart(key, 'actor', ID, sealed.subarray(0, -1))],
  ])('does not open with %s', (_what, open) => {
    expect(open).toThrow();
  });
});

const HEADER = {
  id: ID,
  retention: 7,
  action: 'account.updated',
  outcome: 'success',
  actor: '00000000-0000-4000-8000-000000000001',
  subject: null,
  organisation: null,
  requestId: 'ñandú',
  decisionId: '',
  sealedActor: Buffer.from('a1b2', 'hex'),
  sealedSubject: null,
};

describe('the digest of an event', () => {
  it('follows the rule that is written down', () => {
    const text = (value: string) => Buffer.from(value, 'utf8');
    const field = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(bytes.length.toString(16).padStart(8, '0'), 'hex'), bytes]);
    const nothing = Buffer.from('ffffffff', 'hex');
    const expected = Buffer.concat([
      field(text('patronus:audit-event:v1')),
      field(text(ID)),
      field(text('7')),
      field(text('account.updated')),
      field(text('success')),
      field(text('00000000-0000-4000-8000-000000000001')),
      nothing,
      nothing,
      field(text('ñandú')),
      field(text('')),
      field(Buffer.from('a1b2', 'hex')),
      nothing,
    ]);
    expect(digestOf(HEADER)).toEqual(createHash('sha256').update(expected).digest());
  });

  it.each(Object.keys(HEADER))('changes with %s', (name) => {
    const others = { retention: 30, sealedActor: Buffer.from('a1b3', 'hex') };
    const changed = { ...HEADER, [name]: Reflect.get(others, name) ?? 'another' };
    expect(digestOf(changed)).not.toEqual(digestOf(HEADER));
  });
});

describe('the commitment of an event', () => {
  it('covers the digest and the time, to the microsecond', () => {
    const digest = digestOf(HEADER);
    const time = Buffer.from('000641a9ae6a0f41', 'hex');
    const expected = createHash('sha256')
      .update(Buffer.concat([digest, time]))
      .digest();
    expect(commitmentOf(digest, 0x641a9ae6a0f41n)).toEqual(expected);
    expect(commitmentOf(digest, 0x641a9ae6a0f42n)).not.toEqual(expected);
  });
});
