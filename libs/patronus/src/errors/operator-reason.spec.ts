import { describe, expect, it } from '@jest/globals';
import { operatorReason } from './operator-reason.js';
import { PatronusError } from './patronus.error.js';

const refused = new Error('connect ECONNREFUSED 127.0.0.1:2');
const unavailable = (reason: string, cause?: Error) =>
  new PatronusError('provider_unavailable', { reason, cause });

describe('operatorReason', () => {
  it.each<[string, unknown, string]>([
    ['the reason', unavailable('no keys'), 'no keys'],
    [
      'the reason and its cause',
      unavailable('no answer', refused),
      `no answer: ${refused.message}`,
    ],
    ['a cause once', unavailable(`keys: ${refused.message}`, refused), `keys: ${refused.message}`],
    ['the message of another error', refused, refused.message],
    ['what is no error', 'down', 'down'],
  ])('gives %s', (_name, error, reason) => {
    expect(operatorReason(error)).toBe(reason);
  });
});
