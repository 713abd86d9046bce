import { describe, expect, it } from '@jest/globals';
import { requestMessage } from '../../../../test/fixtures/request-message.js';
import { PatronusError } from '../errors/patronus.error.js';
import { CallerCredential } from './caller-credential.js';
import { CredentialReader } from './credential-reader.js';

const reader = new CredentialReader({ query: 'token' }, ['bearer']);

describe('CallerCredential', () => {
  it('reads the credential from the request each time, and stores no copy', () => {
    const message = requestMessage([['Authorization', 'Bearer abc']]);
    const credential = new CallerCredential(reader, { raw: message }, false);
    expect(credential.read()).toEqual({ scheme: 'bearer', via: 'bearer', token: 'abc' });
    message.headers.authorization = 'Bearer def';
    expect(credential.read()).toMatchObject({ token: 'def' });
  });

  it('reads a token in the query on the routes that allow it only', () => {
    const request = { raw: Object.assign(requestMessage([]), { url: '/?token=abc' }) };
    expect(new CallerCredential(reader, request, true).read()).toMatchObject({ token: 'abc' });
    expect(() => new CallerCredential(reader, request, false).read()).toThrow(PatronusError);
  });

  it('reads the body, where no token may be', () => {
    const message = requestMessage([
      ['Authorization', 'Bearer abc'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ]);
    const request = { raw: message, body: { access_token: 'abc' } };
    expect(() => new CallerCredential(reader, request, false).read()).toThrow(PatronusError);
  });
});
