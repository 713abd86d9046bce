import { describe, expect, it } from '@jest/globals';
import { networkOf } from './security-log.js';

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ])('makes of %s %s', (address, network) => expect(networkOf(address)).toBe(network));

  it('keeps the last part of no address', () => {
    expect(networkOf('unknown')).not.toContain('undefined');
  });
});
