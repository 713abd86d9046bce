import { describe, it } from '@jest/globals';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { PatronusError } from '../../errors/patronus.error.js';
import { describeIdentityProvider } from '../../testing/index.js';
import { passport } from './index.js';

interface Session {
  readonly user: string;
  readonly endsAt: number;
}

const credential = (token: string) => ({ scheme: 'bearer', token }) as const;

describeIdentityProvider(
  'passport',
  {
    async start() {
      const now = Date.now() / 1000;
      const sessions = new Map<string, Session>([
        ['session-of-ana-4f1c02d97be8', { user: 'ana', endsAt: now + 600 }],
        ['session-of-ben-9d3ab7715c60', { user: 'ben', endsAt: now + 600 }],
        ['session-of-eva-00b1c2d3e4f5', { user: 'eva', endsAt: now - 1 }],
      ]);
      let isDown = false;
      const strategy = new BearerStrategy((token, done) => {
        if (isDown) done(new Error(`no answer about ${token}`));
        else done(null, sessions.get(token) ?? false);
      });
      return {
        provider: passport(strategy, ({ user, endsAt }: Session) => {
          if (endsAt <= Date.now() / 1000) throw new PatronusError('token_expired');
          return { id: user, expiresAt: endsAt };
        }),
        good: () => credential('session-of-ana-4f1c02d97be8'),
        expected: { id: 'ana', provider: 'passport', issuer: 'passport' },
        other: () => credential('session-of-ben-9d3ab7715c60'),
        expired: () => credential('session-of-eva-00b1c2d3e4f5'),
        forged: () => credential('session-of-ana-000000000000'),
        outage: () => void (isDown = true),
        recover: () => void (isDown = false),
        stop: () => undefined,
      };
    },
  },
  {
    framework: { describe, it },
    notApplicable: {
      foreign: 'a session says nothing of an audience',
      calls: 'the identity cache lets all who ask at once share one answer',
    },
  },
);
