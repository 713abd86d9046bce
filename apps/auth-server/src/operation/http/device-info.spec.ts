import { describe, expect, it } from '@jest/globals';
import { deviceOf } from './device.js';

const from = (agent?: string) =>
  deviceOf({ headers: agent === undefined ? {} : { 'user-agent': agent }, ip: '203.0.113.7' });

describe('the device of a request', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    ['okhttp/4.9.0', 'okhttp'],
    ['node', 'node'],
    ['<b>', 'Unknown program'],
    ['', 'Unknown device'],
    [undefined, 'Unknown device'],
  ])('is read from %j as %j', (agent, device) => {
    expect(from(agent)).toEqual({ device, address: '203.0.113.7' });
  });

  it('is short, however long the name is', () => {
    expect(from('x'.repeat(10_000)).device.length).toBeLessThanOrEqual(60);
  });
});
