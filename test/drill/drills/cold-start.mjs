import { createServer } from 'node:http';
import { once } from 'node:events';
import { introspection } from '@patronus/nestjs/introspection';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { startApp } from '../app.mjs';
import { ask } from '../load.mjs';

const REQUESTS = 1000;

/** A thousand concurrent requests to an application that has not called its issuer yet. */
export async function run(say) {
  say(`${REQUESTS} requests at once`);
  return [await withKeys(), await withIntrospection()];
}

async function withKeys() {
  const issuer = await TestIssuer.start({ algorithm: 'ES256' });
  const provider = oidc({ issuer: issuer.url, audience: 'test', jwksUri: issuer.jwksUri });
  provider.warmUp = () => Promise.resolve();
  const { url, close } = await startApp({ identityProvider: provider });
  const tokens = await Promise.all(
    Array.from({ length: REQUESTS }, (_, index) =>
      issuer.token({ sub: `user-${index}`, permissions: ['notes.read'] }),
    ),
  );
  const good = await allGood(url, tokens);
  const fetches = issuer.fetches.jwks;
  await close();
  await issuer.stop();
  return row(`${REQUESTS} different tokens at once, keys not known yet`, good, fetches);
}

async function withIntrospection() {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      const claims = { active: true, sub: 'ana', permissions: ['notes.read'] };
      setTimeout(() => response.end(JSON.stringify(claims)), 100);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/introspect`;
  const provider = introspection({ url, clientId: 'notes', clientSecret: 'a secret of the drill' });
  const app = await startApp({ identityProvider: provider });
  const good = await allGood(
    app.url,
    Array.from({ length: REQUESTS }, () => 'opaque-token'),
  );
  await app.close();
  server.closeAllConnections();
  server.close();
  return row(`${REQUESTS} requests with one opaque token at once`, good, asked);
}

async function allGood(url, tokens) {
  const statuses = await Promise.all(tokens.map((token) => ask(url, token)));
  return statuses.filter((status) => status === 200).length;
}

function row(what, good, fetches) {
  return {
    what,
    expected: '1 fetch',
    measured: `${fetches} fetch${fetches === 1 ? '' : 'es'}, ${good} answered with 200`,
    met: fetches === 1 && good === REQUESTS,
  };
}
