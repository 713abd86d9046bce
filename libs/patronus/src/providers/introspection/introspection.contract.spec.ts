import { describe, it } from '@jest/globals';
import { json, TokenServer, type Asked } from '../../../../../test/fixtures/token-server.js';
import { describeIdentityProvider } from '../../testing/index.js';
import { introspection } from './index.js';

const GOOD = 'session-of-ana-4f1c02d97be8';
const OTHER = 'session-of-ben-9d3ab7715c60';
const ENDED = 'session-of-eva-00b1c2d3e4f5';
const FOREIGN = 'session-of-elsewhere-123456';

const tokens = new Map<string | null, object>([
  [GOOD, { active: true, sub: 'ana', aud: 'api', scope: 'notes.read' }],
  [OTHER, { active: true, sub: 'ben', aud: 'api' }],
  [ENDED, { active: true, sub: 'eva', aud: 'api', exp: 1 }],
  [FOREIGN, { active: true, sub: 'ana', aud: 'elsewhere' }],
]);

function answer(asked: Asked, response: Parameters<TokenServer['behaviour']>[1]): void {
  const token = new URLSearchParams(asked.body).get('token');
  json(tokens.get(token) ?? { active: false })(asked, response);
}

describeIdentityProvider(
  'introspection',
  {
    async start() {
      const server = await TokenServer.start(answer);
      const bearer = (token: string) => ({ scheme: 'bearer', token }) as const;
      return {
        provider: introspection({
          url: server.url,
          clientId: 'clinic',
          clientSecret: 'secret',
          audience: 'api',
        }),
        good: () => bearer(GOOD),
        expected: { id: 'ana', scopes: ['notes.read'] },
        other: () => bearer(OTHER),
        expired: () => bearer(ENDED),
        forged: () => bearer('session-of-nobody-1234567890'),
        foreign: () => bearer(FOREIGN),
        outage: () => server.stop(),
        recover: () => server.listen(),
        calls: () => server.asked.length,
        stop: () => server.stop(),
      };
    },
  },
  { framework: { describe, it } },
);
