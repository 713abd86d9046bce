import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ERRORS, type PatronusErrorCode } from './error-codes.js';
import { challengeOf, writeDenialHeaders } from './http-denial.js';
import { PatronusError } from './patronus.error.js';

const response = () => new ServerResponse(new IncomingMessage(new Socket()));
const CODES = Object.keys(ERRORS).filter((code): code is PatronusErrorCode => code in ERRORS);

describe('a denial over HTTP', () => {
  it('challenges a request without a token, without an error (RFC 6750, section 3.1)', () => {
    expect(challengeOf(new PatronusError('token_missing'))).toBe('Bearer realm="patronus"');
  });

  it('names the error, a sentence and the scopes', () => {
    const error = new PatronusError('scope_denied', { scopes: ['a', 'b'] });
    expect(challengeOf(error)).toBe(
      'Bearer realm="patronus", error="insufficient_scope", error_description="The token was not granted the scope that this needs.", scope="a b"',
    );
  });

  it('names the algorithms of proofs wherever it asks for one (RFC 9449, section 7.1)', () => {
    for (const code of ['dpop_proof_missing', 'dpop_proof_invalid'] as const) {
      expect(challengeOf(new PatronusError(code))).toContain(
        ', algs="ES256 ES384 EdDSA Ed25519 RS256 PS256"',
      );
    }
    expect(challengeOf(new PatronusError('token_invalid'))).not.toContain('algs');
    expect(challengeOf(new PatronusError('token_invalid'), { scheme: 'DPoP' })).toMatch(
      /^DPoP realm="patronus", error="invalid_token", .*, algs="ES256 /,
    );
    expect(challengeOf(new PatronusError('dpop_proof_missing'), { scheme: 'Bearer' })).toMatch(
      /^DPoP /,
    );
  });

  it('says when to come back, and challenges nobody, in an outage', () => {
    const answer = response();
    writeDenialHeaders(answer, new PatronusError('provider_unavailable', { retryAfter: 5 }), 'd-1');
    expect(answer.getHeader('Patronus-Decision')).toBe('d-1');
    expect(answer.getHeader('Retry-After')).toBe('5');
    expect(answer.hasHeader('WWW-Authenticate')).toBe(false);
  });

  it('writes nothing once the answer has gone out', () => {
    const answer = response();
    answer.writeHead(200);
    expect(() =>
      writeDenialHeaders(answer, new PatronusError('token_invalid'), 'd-1'),
    ).not.toThrow();
  });

  it.each(CODES)('%s: sends its code and sentence, and nothing for operators', (code) => {
    const error = new PatronusError(code, { reason: 'hush', cause: new Error('hush') });
    expect(error).toBeInstanceOf(HttpException);
    expect(error.getResponse()).toEqual({
      statusCode: ERRORS[code].status,
      code,
      message: ERRORS[code].message,
    });
    expect(error.getStatus()).toBe(ERRORS[code].status);
    const header = challengeOf(error) ?? '';
    expect(header).not.toContain('hush');
    expect(header).toMatch(/^[\x20-\x7e]*$/);
  });

  it('gives every 401 a challenge', () => {
    for (const code of CODES.filter((one) => ERRORS[one].status === 401)) {
      expect(challengeOf(new PatronusError(code))).toMatch(/^(?:Bearer|DPoP) realm="patronus"/);
    }
  });
});
