import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { startApp } from '../app.mjs';
import { after, loadUntil, tally } from '../load.mjs';

const SECONDS = 60;
const TOKENS = 2000;
/** Past the age at which keys are refreshed before use, so that only the grace carries. */
const KEYS_ARE_OLD = 301_000;

/** The issuer drops every connection for a minute, while tokens come that were never seen. */
export async function run(say) {
  const issuer = await TestIssuer.start({ algorithm: 'ES256' });
  const { app, url, close } = await startApp({
    identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
    identityCache: { max: 1 },
  });
  const tokens = await Promise.all(
    Array.from({ length: TOKENS }, (_, index) =>
      issuer.token({ sub: `user-${index}`, permissions: ['notes.read'] }, { expiresIn: 3600 }),
    ),
  );
  let next = 0;
  const draw = () => tokens[(next = (next + 1) % TOKENS)];
  await loadUntil(url, { draw, isOver: after(1) });
  const fetchesBefore = issuer.fetches.jwks;

  const now = Date.now;
  Date.now = () => now() + KEYS_ARE_OLD;
  issuer.outage('refuse');
  say(`the issuer is down for ${SECONDS} s`);
  const counts = await loadUntil(url, { draw, isOver: after(SECONDS) });
  const tried = issuer.fetches.discovery + issuer.fetches.jwks - fetchesBefore;
  const { all, others } = tally(counts);
  await close();
  await issuer.stop();
  return [
    {
      what: `issuer down for ${SECONDS} s, keys older than five minutes, ${all.toLocaleString('en')} requests with ${TOKENS.toLocaleString('en')} tokens`,
      expected: '0 failures',
      measured: `${others} failures, ${tried} attempts to fetch`,
      met: others === 0 && all > 0 && app !== undefined,
    },
  ];
}
