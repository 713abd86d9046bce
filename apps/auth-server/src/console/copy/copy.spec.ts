import { describe, expect, it } from '@jest/globals';
import { en as mailsEn } from '../../notifications/copy/en.js';
import { es as mailsEs } from '../../notifications/copy/es.js';
import { en } from './en.js';
import { es } from './es.js';

/** Paths to all texts of a catalogue, with the kind of each. */
function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, member]) => keysOf(member, `${path}.${key}`));
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('the texts of pages', () => {
  it('have the same keys in both languages', () => {
    expect(keysOf(es)).toEqual(keysOf(en));
    expect(keysOf(en).length).toBeGreaterThan(100);
  });

  it('are all there, and translated', () => {
    expect(textsOf(es).filter((text) => text.trim() === '')).toEqual([]);
    const same = textsOf(es).filter((text) => textsOf(en).includes(text));
    expect(new Set(same)).toEqual(new Set(['Error']));
  });
});

describe('the texts of mails', () => {
  const values = {
    brand: 'Norte',
    date: '2030-01-02',
    issuer: 'https://id.example',
    newAddress: 'new@example.com',
    code: '012345',
  };

  it('have the same keys in both languages', () => {
    expect(keysOf(mailsEs)).toEqual(keysOf(mailsEn));
  });

  it.each(Object.keys(mailsEn) as (keyof typeof mailsEn)[])('%s has the same parts', (name) => {
    const given = { ...values, isUsernameTaken: true };
    const [english, spanish] = [mailsEn[name](given), mailsEs[name](given)];
    expect(keysOf(spanish)).toEqual(keysOf(english));
    expect(spanish.subject).not.toBe(english.subject);
    for (const value of Object.values(values)) {
      const both = [english, spanish].map((text) => JSON.stringify(text).includes(value));
      expect(both[0]).toBe(both[1]);
    }
  });
});
