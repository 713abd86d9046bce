import 'reflect-metadata';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { PatronusModule, RequireDPoP, RequirePermissions, RequireScopes } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { calculateThumbprint, generateKeyPair, generateProof, type KeyPair } from 'dpop';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';

const ALGS = 'algs="ES256 ES384 EdDSA Ed25519 RS256 PS256"';

@Controller('notes')
class NotesController {
  @Get() list() {
    return 'notes';
  }
  @Post() create() {
    return 'made';
  }
  @RequireDPoP() @Get('strict') strict() {
    return 'strict';
  }
  @RequireScopes('notes.read', 'notes.list') @Get('scoped') scoped() {
    return 'scoped';
  }
  @RequirePermissions('notes.write') @Get('permitted') permitted() {
    return 'permitted';
  }
}

describe.each(ADAPTERS)('challenges to callers of DPoP, on %s', (_name, adapter) => {
  let issuer: TestIssuer;
  let running: ListeningApp;
  let healing: ListeningApp;
  let keys: KeyPair;
  let cnf: { jkt: string };
  let bound: string;

  beforeAll(async () => {
    [issuer, keys] = await Promise.all([TestIssuer.start(), generateKeyPair('ES256')]);
    cnf = { jkt: await calculateThumbprint(keys.publicKey) };
    bound = await issuer.token({ cnf });
    const identityProvider = oidc({ issuer: issuer.url, audience: 'test' });
    const start = (options: object) => {
      @Module({
        imports: [PatronusModule.forRoot({ identityProvider, ...options })],
        controllers: [NotesController],
      })
      class NotesModule {}
      return listen(NotesModule, adapter());
    };
    running = await start({ dpop: { leeway: 10 } });
    healing = await start({ dpop: { nonces: { secret: 'a secret that is long enough for it' } } });
  });
  afterAll(() => Promise.all([running.app.close(), healing.app.close(), issuer.stop()]));

  interface Attempt {
    readonly on?: ListeningApp;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly form?: Readonly<Record<string, string>>;
  }

  async function ask({ on = running, path = '/notes', headers = {}, form }: Attempt) {
    const answer = await fetch(on.url + path, {
      headers,
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    const text = await answer.text();
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
    const challenge = answer.headers.get('www-authenticate');
    const nonce = answer.headers.get('dpop-nonce');
    return { status: answer.status, code: Object(body).code, challenge, nonce };
  }

  /**
   * Returns the headers of a request with a proof; `ahead` is the error of the caller's clock in
   * seconds.
   */
  async function proven({ on = running, path = '/notes', token = bound, ahead = 0, nonce = '' }) {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + ahead * 1000);
    const proof = generateProof(keys, on.url + path, 'GET', nonce || undefined, token);
    clock.mockRestore();
    return { authorization: `DPoP ${token}`, dpop: await proof };
  }

  /**
   * Matches a challenge of that scheme with that error, which names the algorithms of DPoP if it is
   * DPoP's.
   */
  const challenges = (scheme: 'DPoP' | 'Bearer', error?: string) =>
    expect.stringMatching(
      new RegExp(
        `^${scheme} realm="patronus"${error === undefined ? '' : `, error="${error}", .*`}${
          scheme === 'DPoP' ? `, ${ALGS}$` : '(?!.*algs)'
        }`,
      ),
    );

  it('has the scheme DPoP for expired, malformed and unknown tokens that came so', async () => {
    const expired = await issuer.token({ cnf, exp: 1 });
    const foreign = await issuer.token({ cnf, iss: 'https://elsewhere.example' });
    for (const [token, code] of [
      [expired, 'token_expired'],
      ['no.such.token', 'token_malformed'],
      [foreign, 'issuer_unknown'],
      [await issuer.token({ cnf, aud: 'another' }), 'token_invalid'],
    ] as const) {
      expect(await ask({ headers: await proven({ token }) })).toMatchObject({
        status: 401,
        code,
        challenge: challenges('DPoP', 'invalid_token'),
      });
      // A proof distinguishes DPoP from a bearer token, regardless of the rest of the header.
      const headers = { authorization: `Bearer ${token}` };
      expect((await ask({ headers: { ...headers, dpop: 'a.b.c' } })).challenge).toEqual(
        challenges('DPoP', 'invalid_token'),
      );
    }
    const unbound = await issuer.token({ exp: 1 });
    expect(await ask({ headers: { authorization: `Bearer ${unbound}` } })).toMatchObject({
      code: 'token_expired',
      challenge: challenges('Bearer', 'invalid_token'),
    });
  });

  it('has the scheme that the route asks for, if no credential came', async () => {
    expect(await ask({ path: '/notes/strict' })).toEqual({
      status: 401,
      code: 'token_missing',
      challenge: `DPoP realm="patronus", ${ALGS}`,
      nonce: null,
    });
    expect((await ask({})).challenge).toBe('Bearer realm="patronus"');
  });

  it('has the scheme of a bound token in a 403, and names the scopes', async () => {
    for (const [path, parameters] of [
      ['/notes/scoped', ', scope="notes.read notes.list"'],
      ['/notes/permitted', ''],
    ] as const) {
      const answer = await ask({ path, headers: await proven({ path }) });
      expect(answer).toMatchObject({
        status: 403,
        challenge: challenges('DPoP', 'insufficient_scope'),
      });
      expect(answer.challenge).toContain(`${parameters}, ${ALGS}`);
      const unbound = await issuer.token();
      const bearer = await ask({ path, headers: { authorization: `Bearer ${unbound}` } });
      expect(bearer.challenge).toEqual(challenges('Bearer', 'insufficient_scope'));
      expect(bearer.challenge?.endsWith(parameters)).toBe(true);
    }
  });

  it('has the scheme DPoP for a bound token in a form or in the query', async () => {
    const unbound = await issuer.token();
    for (const [token, scheme] of [
      [bound, 'DPoP'],
      [unbound, 'Bearer'],
    ] as const) {
      const refused = {
        status: 400,
        code: 'invalid_request',
        challenge: challenges(scheme, 'invalid_request'),
      };
      expect(await ask({ form: { access_token: token } })).toMatchObject(refused);
      expect(await ask({ path: `/notes?access_token=${token}` })).toMatchObject(refused);
      expect(await ask({ path: `/notes?%61ccess_token=${token}` })).toMatchObject(refused);
    }
  });

  it('does not decode a token of any shape into a failure', async () => {
    for (const token of ['a.b.c', '..', `e30.${Buffer.from('[1]').toString('base64url')}.x`]) {
      expect((await ask({ form: { access_token: token } })).challenge).toEqual(
        challenges('Bearer', 'invalid_request'),
      );
    }
  });

  it('accepts a token of Keycloak, whose cnf says more than the key', async () => {
    const token = await issuer.token({ cnf: { ...cnf, 'kc-jkt-type': 'DPoP' } });
    expect(await ask({ headers: await proven({ token }) })).toMatchObject({ status: 200 });
    const stolen = await ask({ headers: { authorization: `Bearer ${token}` } });
    expect(stolen).toMatchObject({ status: 401, code: 'dpop_proof_missing' });
    for (const more of [{ 'x5t#S256': 'A'.repeat(43) }, { jwk: { kty: 'EC' } }]) {
      const other = await issuer.token({ cnf: { ...cnf, ...more } });
      expect(await ask({ headers: await proven({ token: other }) })).toMatchObject({
        status: 401,
        code: 'token_invalid',
        challenge: challenges('DPoP', 'invalid_token'),
      });
    }
  });

  it('takes a target in absolute form, whose host counts', async () => {
    const { host, hostname, port } = new URL(running.url);
    const askFor = async (target: string) => {
      const headers = { ...(await proven({})), host: 'elsewhere.example' };
      const sent = request({ hostname, port, path: target, headers });
      const [answer] = (await once(sent.end(), 'response')) as [IncomingMessage];
      return answer.resume().statusCode;
    };
    expect(await askFor(`http://${host}/notes?page=2`)).toBe(200);
    expect(await askFor('http://elsewhere.example/notes')).toBe(401);
  });

  it('allows clocks that are ahead by no more than the option says', async () => {
    expect(await ask({ headers: await proven({ ahead: 9 }) })).toMatchObject({ status: 200 });
    expect(await ask({ headers: await proven({ ahead: 13 }) })).toMatchObject({
      status: 401,
      code: 'dpop_proof_invalid',
    });
  });

  it('heals a wrong clock with a fresh nonce', async () => {
    for (const ahead of [3600, -3600]) {
      const first = await ask({ on: healing, headers: await proven({ on: healing, ahead }) });
      expect(first).toMatchObject({ status: 401, code: 'dpop_nonce_required' });
      const headers = await proven({ on: healing, ahead, nonce: first.nonce ?? '' });
      expect(await ask({ on: healing, headers })).toMatchObject({ status: 200 });
      expect(await ask({ on: healing, headers })).toMatchObject({ code: 'dpop_proof_invalid' });
    }
  });
});
