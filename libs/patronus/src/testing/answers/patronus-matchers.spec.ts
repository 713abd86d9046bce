import { describe, expect, it } from '@jest/globals';
import { patronusMatchers } from '../index.js';

expect.extend(patronusMatchers);

const headers = { 'patronus-decision': 'd-1' };
const ALLOWED = { status: 200, headers, body: {} };
const DENIED = { status: 403, headers, body: { code: 'permission_denied' } };
const OUTAGE = { status: 503, headers, body: { code: 'provider_unavailable' } };
const ELSEWHERE = { status: 403, headers, body: { message: 'Forbidden' } };
const FAILED = { status: 500, headers, body: {} };

describe('patronusMatchers', () => {
  it('tell what is allowed, what is denied, and what is neither', () => {
    expect(ALLOWED).toBeAllowed();
    expect(ALLOWED).not.toBeDenied();
    expect(DENIED).toBeDenied();
    expect(DENIED).not.toBeAllowed();
    for (const neither of [OUTAGE, ELSEWHERE, FAILED]) {
      expect(neither).not.toBeAllowed();
      expect(neither).not.toBeDenied();
    }
  });

  it('tell one code from another', () => {
    expect(DENIED).toBeDeniedWith('permission_denied');
    expect(DENIED).not.toBeDeniedWith('role_denied');
    expect(OUTAGE).toBeDeniedWith('provider_unavailable');
    expect(ALLOWED).not.toBeDeniedWith('permission_denied');
  });

  it.each([
    [
      () => expect(DENIED).toBeAllowed(),
      'expected the answer to be allowed: it was status 403, an error permission_denied, decision d-1',
    ],
    [
      () => expect(DENIED).toBeDeniedWith('role_denied'),
      'expected the answer to be denied with role_denied: it was status 403, an error permission_denied, decision d-1',
    ],
    [
      () => expect(ALLOWED).toBeDenied(),
      'expected the answer to be denied: it was status 200, a success, decision d-1',
    ],
    [
      () => expect(FAILED).toBeAllowed(),
      'it was status 500, an error without a code, decision d-1',
    ],
    [
      () => expect({ code: 'token_expired' }).not.toBeDenied(),
      'expected the answer not to be denied: it was an error token_expired',
    ],
  ])('say what was got', (failing, message) => {
    expect(failing).toThrow(message);
  });

  it('fail where the answer of fetch does', async () => {
    const response = () => Response.json({ code: 'tenant_required' }, { status: 403 });
    await expect(response()).toBeDeniedWith('tenant_required');
    await expect(response()).not.toBeAllowed();
    const failing = async () => expect(response()).toBeAllowed();
    await expect(failing()).rejects.toThrow('an error tenant_required');
  });

  it('fail, negated or not, where there is no answer or no such code', () => {
    expect(() => expect(undefined).toBeAllowed()).toThrow('not an answer');
    expect(() => expect(undefined).not.toBeDenied()).toThrow('not an answer');
    const misspelt = JSON.parse('"permision_denied"');
    expect(() => expect(DENIED).not.toBeDeniedWith(misspelt)).toThrow(
      'Did you mean "permission_denied"?',
    );
  });
});
