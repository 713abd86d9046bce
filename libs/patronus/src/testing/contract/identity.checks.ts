import assert from 'node:assert/strict';
import type { Identity } from '../../identity/identity.js';
import type { ContractCheck } from './contract-check.js';

/**
 * Seconds by which the expiry of two answers may differ: a provider may report a lifetime instead
 * of an expiry.
 */
const EXPIRY_MAY_DIFFER_BY = 5;

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function assertFrozen(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return;
  assert(Object.isFrozen(value), `${what} is not frozen.`);
  for (const [name, inner] of Object.entries(value)) assertFrozen(inner, `${what}.${name}`);
}

function withoutEnd(identity: Identity): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(identity).filter(([name]) => name !== 'expiresAt'));
}

/**
 * Requires two equal identities.
 *
 * @throws {Error} if two identities differ
 */
export function assertSame(one: Identity, other: Identity, message: string): void {
  const apart = Math.abs(one.expiresAt - other.expiresAt);
  assert(apart <= EXPIRY_MAY_DIFFER_BY, `${message} Their expiresAt differ by ${apart} s.`);
  assert.deepEqual(withoutEnd(one), withoutEnd(other), message);
}

/** Checks on a provider's own members, and on valid credentials. */
export const identityChecks: readonly ContractCheck[] = [
  {
    name: 'has a name, its issuers, and the schemes that it accepts',
    async run({ provider }) {
      assert(isText(provider.name), 'name is not text.');
      assert(Array.isArray(provider.issuers), 'issuers is not a list.');
      assert(provider.issuers.every(isText), 'issuers holds something that is not text.');
      assert(provider.schemes.length > 0, 'schemes is empty: the provider would never be called.');
    },
  },
  {
    name: 'returns a frozen Identity for a good credential',
    async run(trial) {
      const { provider } = trial;
      const identity = await trial.admit(await trial.credential('good'));
      assertFrozen(identity, 'identity');
      assert(isText(identity.id), 'identity.id is not text.');
      assert(isText(identity.issuer), 'identity.issuer is not text.');
      assert.equal(
        identity.provider,
        provider.name,
        "identity.provider is not the provider's name.",
      );
      const known = provider.issuers.length === 0 || provider.issuers.includes(identity.issuer);
      assert(known, 'identity.issuer is not one of the issuers that the provider declares.');
    },
  },
  {
    name: 'states the expiry of the credential in seconds, in the future',
    async run(trial) {
      const { expiresAt } = await trial.admit(await trial.credential('good'));
      assert(Number.isFinite(expiresAt), 'identity.expiresAt is not a finite number.');
      assert(expiresAt > Date.now() / 1000, 'identity.expiresAt has passed.');
      assert(expiresAt < Date.now() / 10, 'identity.expiresAt is in milliseconds: give seconds.');
    },
  },
  {
    name: 'maps what the harness expects',
    async run(trial) {
      const identity = await trial.admit(await trial.credential('good'));
      for (const [name, value] of Object.entries(trial.subject.expected)) {
        const actual: unknown = Reflect.get(identity, name);
        assert.deepEqual(actual, value, `identity.${name} is not what the harness expects.`);
      }
    },
  },
  {
    name: 'returns equal identities for one credential',
    async run(trial) {
      const credential = await trial.credential('good');
      const first = await trial.admit(credential);
      const second = await trial.admit(credential);
      assertSame(first, second, 'One credential gives two identities.');
    },
  },
  {
    name: 'keeps two concurrent callers apart',
    needs: ['other'],
    async run(trial) {
      const [good, other] = [await trial.credential('good'), await trial.credential('other')];
      const asked = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? good : other));
      const identities = await Promise.all(asked.map((credential) => trial.admit(credential)));
      const { id } = trial.subject.expected;
      for (const [index, identity] of identities.entries()) {
        const isGood = identity.id === id;
        assert.equal(isGood, index % 2 === 0, 'One caller got the identity of another.');
      }
    },
  },
  {
    name: 'accepts a scheme that it declares',
    async run({ provider, subject }) {
      const { scheme } = await subject.good();
      assert(provider.schemes.includes(scheme), `schemes lacks ${scheme}, which good() is of.`);
    },
  },
];
