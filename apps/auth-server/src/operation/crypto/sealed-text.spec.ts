import { describe, expect, it } from '@jest/globals';
import { type Place, sealedText } from './sealed-text.js';

const KEY = { id: 'one', bytes: Buffer.alloc(32, 1) };
const PLACE: Place = ['patronus:mails', 'row'];
/** A text of the first release with this format. Rows hold texts of every release. */
const KEPT = 'v1.one.5QDrqk7G53VXXK2ywgIOoSqVi2NKZ_nERa2AxQnQNYE';

describe('an encrypted text', () => {
  it('opens with its key at its place', () => {
    const sealed = sealedText.seal(KEY, PLACE, 'ñandú');
    expect(sealedText.open(KEY, PLACE, sealed)).toBe('ñandú');
  });

  it('opens in the format of every release', () => {
    expect(sealedText.open(KEY, PLACE, KEPT)).toBe('kept');
  });

  it('names its key, and differs each time', () => {
    const [one, other] = [sealedText.seal(KEY, PLACE, 'a'), sealedText.seal(KEY, PLACE, 'a')];
    expect(sealedText.keyIdOf(one)).toBe('one');
    expect(one).not.toBe(other);
  });

  it.each<[string, Place]>([
    ['another row', ['patronus:mails', 'other']],
    ['another column', ['patronus:signing-keys', 'row']],
    ['a place of the same letters', ['patronus:mails', 'ro', 'w']],
  ])('does not open at %s', (_name, place) => {
    const sealed = sealedText.seal(KEY, PLACE, 'secret');
    expect(() => sealedText.open(KEY, place, sealed)).toThrow();
  });

  it('does not open with another key, even one that has its id', () => {
    const sealed = sealedText.seal(KEY, PLACE, 'secret');
    expect(() => sealedText.open({ ...KEY, id: 'two' }, PLACE, sealed)).toThrow('another key');
    const forged = { ...KEY, bytes: Buffer.alloc(32, 2) };
    expect(() => sealedText.open(forged, PLACE, sealed)).toThrow();
  });

  it.each([0, 12, 28])('does not open if the byte %d was changed', (at) => {
    const [version, id, payload = ''] = sealedText.seal(KEY, PLACE, 'secret').split('.');
    const bytes = Buffer.from(payload, 'base64url');
    bytes[at] = bytes[at]! ^ 1;
    const changed = [version, id, bytes.toString('base64url')].join('.');
    expect(() => sealedText.open(KEY, PLACE, changed)).toThrow();
  });

  it('does not open if its end is missing, down to no tag at all', () => {
    const sealed = sealedText.seal(KEY, PLACE, '');
    for (const length of [1, 8, 20, 37]) {
      expect(() => sealedText.open(KEY, PLACE, sealed.slice(0, -length))).toThrow();
    }
  });

  it.each(['v2.one.AAAA', 'v1.one.AAAA.AAAA', '.'])('is not read in the format of %s', (text) => {
    expect(() => sealedText.keyIdOf(text)).toThrow('unknown format');
    expect(() => sealedText.open(KEY, PLACE, text)).toThrow('unknown format');
  });

  it('of version 0.1 has no key id', () => {
    expect(sealedText.keyIdOf('AAAA')).toBeUndefined();
  });
});
