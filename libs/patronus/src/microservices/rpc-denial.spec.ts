import { describe, expect, it } from '@jest/globals';
import { Metadata, status } from '@grpc/grpc-js';
import { PatronusError } from '../errors/patronus.error.js';
import { rpcDenial } from './rpc-denial.js';

describe('a denial of a microservice', () => {
  it('has the code, the sentence and the id of the decision', () => {
    const error = new PatronusError('permission_denied', {
      reason: 'secret',
      cause: new Error('x'),
    });
    expect(rpcDenial(error, 'd-1', [{}, {}]).getError()).toEqual({
      status: 'error',
      code: 'permission_denied',
      message: 'You do not have the permission that this needs.',
      decisionId: 'd-1',
    });
  });

  it('says when to come back', () => {
    const error = new PatronusError('provider_unavailable', { retryAfter: 5 });
    expect(rpcDenial(error, 'd-1', [{}, {}]).getError()).toMatchObject({ retryAfter: 5 });
  });

  it.each([
    ['invalid_request', status.INVALID_ARGUMENT],
    ['token_expired', status.UNAUTHENTICATED],
    ['tenant_mismatch', status.PERMISSION_DENIED],
    ['resource_not_found', status.NOT_FOUND],
    ['provider_unavailable', status.UNAVAILABLE],
  ] as const)('%s has status %i on gRPC', (code, expected) => {
    const error = rpcDenial(new PatronusError(code), 'd-1', [{}, new Metadata(), {}]).getError();
    expect(error).toMatchObject({ code: expected, message: new PatronusError(code).message });
  });

  it('has the rest in metadata on gRPC, and nothing of what came in', () => {
    const incoming = new Metadata();
    incoming.set('authorization', 'Bearer a.b.c');
    const error = new PatronusError('provider_unavailable', { retryAfter: 5 });
    for (const args of [
      [{}, incoming, {}],
      [{ metadata: incoming }, () => {}],
    ]) {
      const { metadata } = Object(rpcDenial(error, 'd-1', args).getError());
      expect(metadata).toBeInstanceOf(Metadata);
      expect(metadata.getMap()).toEqual({
        'patronus-code': 'provider_unavailable',
        'patronus-decision': 'd-1',
        'grpc-retry-pushback-ms': '5000',
      });
    }
    expect(incoming.getMap()).toEqual({ authorization: 'Bearer a.b.c' });
  });
});
