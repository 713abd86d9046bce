import { describe, expect, it } from '@jest/globals';
import { headers } from '@nats-io/transport-node';
import { withHeaders, withNatsHeaders } from './with-headers.js';

const CARRIED = { authorization: 'Bearer a.b.c' };

describe('withHeaders', () => {
  it('replaces a header of the same name in any spelling', () => {
    const given = { Authorization: 'Basic x', trace: '1' };
    expect(withHeaders(given, CARRIED)).toEqual({ trace: '1', ...CARRIED });
    expect(withHeaders(undefined, CARRIED)).toEqual(CARRIED);
    expect(given.Authorization).toBe('Basic x');
  });
});

describe('withNatsHeaders', () => {
  it('copies every value of the others, and changes nothing that was given', () => {
    const given = headers();
    given.append('Authorization', 'Basic x');
    given.append('trace', '1');
    given.append('trace', '2');
    const copy = Object(withNatsHeaders(given, CARRIED));
    expect(copy.values('trace')).toEqual(['1', '2']);
    expect(copy.keys()).toEqual(['trace', 'authorization']);
    expect(copy.values('authorization')).toEqual(['Bearer a.b.c']);
    expect(given.values('Authorization')).toEqual(['Basic x']);
  });

  it('refuses headers of another class', () => {
    expect(() => withNatsHeaders(new Map([['trace', '1']]), CARRIED)).toThrow(
      'The headers of a NatsRecord are not those of NATS.',
    );
  });
});
