import { describe, expect, it } from '@jest/globals';
import { isTenantId, tenantIdOf } from './tenant-id.js';

const GOOD = ['a', 'norte', '42', 'NORTE', '!', '~', 'a/b', '"', 'x'.repeat(255)];
const BAD = ['', ' ', 'a b', ' a', 'a\n', 'a\nb', 'a\0', '\x7f', 'é', 'ñorte', 'x'.repeat(256)];

describe('the id of a tenant', () => {
  it.each(GOOD)('can be %j', (id) => {
    expect(isTenantId(id)).toBe(true);
    expect(tenantIdOf(id)).toBe(id);
  });

  it.each(BAD)('cannot be %j', (id) => {
    expect(isTenantId(id)).toBe(false);
    expect(tenantIdOf(id)).toBeUndefined();
  });

  it.each([
    [42, '42'],
    [0, '0'],
    [-1, '-1'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('is read out of the whole number %j', (number, id) => {
    expect(tenantIdOf(number)).toBe(id);
    expect(isTenantId(number)).toBe(false);
  });

  it.each([
    [1.5],
    [NaN],
    [Infinity],
    [2 ** 53],
    [true],
    [null],
    [undefined],
    [['norte']],
    [{ toString: () => 'norte' }],
    [new String('norte')],
    [42n],
  ])('is nothing else: %p', (value) => {
    expect(isTenantId(value)).toBe(false);
    expect(tenantIdOf(value)).toBeUndefined();
  });
});
