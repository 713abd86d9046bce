import { describe, expect, it } from '@jest/globals';
import { readRecord, writeRecord } from './revocation-record.js';

const AT = 1_900_000_000_000;
const TIMES = { at: AT, until: AT + 60_000 };
const json = (record: object): string => JSON.stringify(record);

describe('a record of a revocation', () => {
  it.each([
    [{ session: 's' }],
    [{ token: 't', issuer: 'i' }],
    [{ user: 'u', tenant: 'n', issuedBefore: AT / 1000 }],
    [{ issuedBefore: 0 }],
  ])('reads as it was written: %j', (revocation) => {
    const entry = { revocation, ...TIMES };
    expect(readRecord(writeRecord(entry))).toEqual(entry);
  });

  it('is the same text, in whatever order it was said', () => {
    const [one, other] = [
      { user: 'u', issuer: 'i' },
      { issuer: 'i', user: 'u' },
    ];
    expect(writeRecord({ revocation: one, ...TIMES })).toBe(
      writeRecord({ revocation: other, ...TIMES }),
    );
  });

  it('counts though the clock of its process is ahead', () => {
    expect(readRecord(json({ user: 'u', issuedBefore: AT, ...TIMES }))).toBeDefined();
  });

  it('revokes the more where it has a limit that is not known', () => {
    const record = json({ user: 'u', issuedBefore: 5, client: 'app', ...TIMES });
    expect(readRecord(record)?.revocation).toEqual({ user: 'u', issuedBefore: 5 });
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing', 'null'],
    ['no times', json({ session: 's' })],
    ['no end', json({ session: 's', at: AT })],
    ['an end that is none', json({ session: 's', at: AT, until: 'never' })],
    ['a time that is none', json({ session: 's', ...TIMES, at: 1.5 })],
    ['nobody', json(TIMES)],
    ['nobody that is known', json({ client: 'app', ...TIMES })],
    ['everybody, with a limit that is not known', json({ client: 'a', issuedBefore: 5, ...TIMES })],
    ['an id that is none', json({ session: 7, ...TIMES })],
    ['an empty id', json({ session: '', ...TIMES })],
    ['an id that is null', json({ session: null, user: 'u', ...TIMES })],
    ['an age that is none', json({ user: 'u', issuedBefore: '5', ...TIMES })],
    ['too much', json({ session: 's', ...TIMES, padding: 'x'.repeat(70_000) })],
    ['a name of every object', '{"__proto__":{"session":"s"},"at":1,"until":2}'],
  ])('is none where it holds %s', (_, text) => {
    expect(readRecord(text)).toBeUndefined();
  });
});
