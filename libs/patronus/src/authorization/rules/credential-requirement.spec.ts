import { describe, expect, it } from '@jest/globals';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { isOfCredential, requireOfCredential } from './credential-requirement.js';

const who = (fields: Partial<IdentityFields> = {}): Identity =>
  new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9, ...fields });

const scopes = { kind: 'scopes', scopes: ['a', 'b'] } as const;
const proof = { kind: 'proof' } as const;
const level = { kind: 'authentication', within: undefined, methods: [], levels: ['gold'] } as const;
const issuers = { kind: 'issuers', issuers: ['https://a', 'i'] } as const;
const roles = { kind: 'roles', roles: ['doctor'] } as const;

const denied = (code: string, details: object = {}): unknown =>
  expect.objectContaining({ code, ...details });

function outcome(
  requirements: readonly { readonly kind: string }[],
  identity: Identity,
  proven = false,
): unknown {
  try {
    return requireOfCredential(requirements, identity, proven);
  } catch (error) {
    return error;
  }
}

describe('what is asked of a credential', () => {
  it('is told from what is asked of roles and permissions', () => {
    for (const one of [scopes, proof, level, issuers]) expect(isOfCredential(one)).toBe(true);
    for (const kind of ['roles', 'permissions', 'any-of', 'constructor', '']) {
      expect(isOfCredential({ kind })).toBe(false);
    }
  });

  it('is nothing where only roles are asked for', () => {
    expect(outcome([roles], who())).toBeUndefined();
  });

  it('is every scope', () => {
    expect(outcome([scopes], who({ scopes: ['b', 'a', 'c'] }))).toBeUndefined();
    expect(outcome([scopes], who({ scopes: ['a'] }))).toEqual(
      denied('scope_denied', { scopes: ['a', 'b'], reason: 'needs scopes ["a","b"]; held ["a"]' }),
    );
    expect(outcome([scopes], who({ scopes: ['a b'] }))).toEqual(denied('scope_denied'));
  });

  it('is a proof that was checked: a binding alone is none', () => {
    expect(outcome([proof], who(), true)).toBeUndefined();
    expect(outcome([proof], who({ confirmation: { jkt: 'k' } }))).toEqual(
      denied('dpop_proof_missing'),
    );
  });

  it('is an authentication', () => {
    expect(outcome([level], who({ authenticationLevel: 'gold' }))).toBeUndefined();
    expect(outcome([level], who())).toEqual(denied('step_up_required'));
  });

  it('is one of the issuers', () => {
    expect(outcome([issuers], who())).toBeUndefined();
    expect(outcome([issuers], who({ issuer: 'https://a' }))).toBeUndefined();
    for (const issuer of ['https://a/', 'HTTPS://A', 'https://b', '']) {
      expect(outcome([issuers], who({ issuer }))).toEqual(
        denied('issuer_unknown', {
          reason: `accepts the issuers ["https://a","i"]; the token is of ["${issuer}"]`,
        }),
      );
    }
  });

  it('is all of them, in their order', () => {
    const all = [scopes, roles, level, proof];
    const good = who({ scopes: ['a', 'b'], authenticationLevel: 'gold' });
    expect(outcome(all, good, true)).toBeUndefined();
    expect(outcome(all, good)).toEqual(denied('dpop_proof_missing'));
    expect(outcome(all, who({ scopes: ['a', 'b'] }), true)).toEqual(denied('step_up_required'));
    expect(outcome(all, who({ authenticationLevel: 'gold' }), true)).toEqual(
      denied('scope_denied'),
    );
  });
});
