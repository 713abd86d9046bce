import { describe, expect, it } from '@jest/globals';
import { codesOf, failureReason, loggedError, sanitizedStack } from './redaction.js';

const SECRET = 'hunter2';

describe('an error in the log', () => {
  it('has no member that may quote the request', () => {
    const error = Object.assign(new Error('no answer'), { code: 'ECONNRESET', body: SECRET });
    const logged = loggedError(error);
    expect(logged).toMatchObject({ type: 'Error', message: 'no answer', code: 'ECONNRESET' });
    expect(JSON.stringify(logged)).not.toContain(SECRET);
    expect(loggedError(new SyntaxError(`Unexpected token in ${SECRET}`)).message).toBe(
      'invalid syntax',
    );
  });

  it('has its causes, up to a depth', () => {
    let error = new Error('0');
    for (const message of ['1', '2', '3', '4', '5']) error = new Error(message, { cause: error });
    const causes = [...JSON.stringify(loggedError(error)).matchAll(/"message":"(\d)"/g)];
    expect(causes.map(([, message]) => message)).toEqual(['5', '4', '3', '2']);
  });

  it('is not quoted if it is no error', () => {
    expect(loggedError(SECRET)).toEqual({ type: 'string', message: 'not an error', stack: '' });
    expect(sanitizedStack(SECRET)).toBe('an unknown error');
    expect(failureReason(SECRET)).toBe('unknown');
    expect(codesOf(SECRET)).toBe('unknown');
  });

  it('is named by its codes, and by those of its cause', () => {
    const cause = Object.assign(new Error(SECRET), { code: '23505' });
    const error = new Error(SECRET, { cause });
    expect(sanitizedStack(error)).toMatch(/^Error \(23505\)\n +at /);
    expect(sanitizedStack(error)).not.toContain(SECRET);
    expect(codesOf(Object.assign(cause, { responseCode: 550 }))).toBe('Error 23505 550');
  });
});
