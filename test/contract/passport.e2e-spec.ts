import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { passport } from '@patronus/nestjs/passport';
import { describeIdentityProvider, type ProviderHarness } from '@patronus/nestjs/testing';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { bearer, TOKENS } from './opaque-tokens.js';

interface Account {
  readonly id: string;
  readonly roles: readonly string[];
}

const SESSIONS: ReadonlyMap<string, Account> = new Map([
  [TOKENS.good, { id: 'ana', roles: ['doctor'] }],
  [TOKENS.other, { id: 'ben', roles: [] }],
]);

const harness: ProviderHarness = {
  async start() {
    let down = false;
    const strategy = new BearerStrategy((token, done) => {
      if (down) done(new Error('The sessions cannot be read.'));
      else done(null, SESSIONS.get(token) ?? false);
    });
    return {
      provider: passport(strategy, ({ id, roles }: Account) => ({ id, roles })),
      good: () => bearer(TOKENS.good),
      expected: { id: 'ana', roles: ['doctor'], issuer: 'passport' },
      other: () => bearer(TOKENS.other),
      expired: () => bearer(TOKENS.ended),
      forged: () => bearer(TOKENS.forged),
      outage: () => void (down = true),
      recover: () => void (down = false),
      stop: () => {},
    };
  },
};

describeIdentityProvider('passport()', harness, {
  framework: { describe, it },
  notApplicable: {
    foreign: 'what a session is for, the strategy knows',
    calls: 'a strategy runs for each request that the identity cache does not answer',
  },
});
