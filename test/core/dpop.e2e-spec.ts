import 'reflect-metadata';
import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import {
  AuthGuard,
  CurrentUser,
  Identity,
  InMemoryDPoPReplays,
  OptionalAuth,
  PatronusModule,
  RequireDPoP,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { calculateThumbprint, generateKeyPair, generateProof, type KeyPair } from 'dpop';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller('notes')
class NotesController {
  @Get() list(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @Post() create(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @RequireDPoP() @Get('strict') strict(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
  @OptionalAuth() @Get('open') open(@CurrentUser() user: Identity | undefined) {
    return { user: user?.id ?? 'nobody' };
  }
  @UseGuards(AuthGuard, PassportGuard('patronus')) @Get('twice') twice() {
    return 'guarded thrice';
  }
}

describe.each(ADAPTERS)('proofs of possession, on %s', (_name, adapter) => {
  let issuer: TestIssuer;
  let strictIssuer: TestIssuer;
  let running: ListeningApp;
  let asking: ListeningApp;
  let keys: KeyPair;
  let bound: string;
  let unbound: string;

  async function start(options: Parameters<typeof PatronusModule.forRoot>[0]) {
    @Module({ imports: [PatronusModule.forRoot(options)], controllers: [NotesController] })
    class NotesModule {}
    return listen(NotesModule, adapter());
  }

  beforeAll(async () => {
    [issuer, strictIssuer, keys] = await Promise.all([
      TestIssuer.start(),
      TestIssuer.start(),
      generateKeyPair('ES256'),
    ]);
    const cnf = { jkt: await calculateThumbprint(keys.publicKey) };
    [bound, unbound] = await Promise.all([issuer.token({ cnf }), issuer.token()]);
    const identityProvider = [issuer, strictIssuer].map(({ url }) =>
      oidc({ issuer: url, audience: 'test' }),
    );
    running = await start({ identityProvider, dpop: { requiredFor: [strictIssuer.url] } });
    const nonces = { secret: 'a secret that is long enough for it' };
    asking = await start({ identityProvider, dpop: { nonces } });
  });
  afterAll(() =>
    Promise.all([running.app.close(), asking.app.close(), issuer.stop(), strictIssuer.stop()]),
  );

  interface Attempt {
    readonly on?: ListeningApp;
    readonly path?: string;
    readonly method?: string;
    readonly authorization?: string;
    readonly proofs?: readonly string[];
  }

  /** Sends a request, in which a header can occur twice, as it cannot with `fetch`. */
  function ask({
    on = running,
    path = '/notes',
    method = 'GET',
    authorization = `DPoP ${bound}`,
    proofs = [],
  }: Attempt) {
    return new Promise<{
      status: number | undefined;
      code: unknown;
      challenge: string | undefined;
      nonce: unknown;
    }>((resolve, reject) => {
      const outgoing = send(on.url + path, { method, headers: { authorization } }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => {
          const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
          resolve({
            status: answer.statusCode,
            code: Object(body).code,
            challenge: answer.headers['www-authenticate'],
            nonce: answer.headers['dpop-nonce'],
          });
        });
      });
      if (proofs.length > 0) outgoing.setHeader('DPoP', proofs);
      outgoing.on('error', reject).end();
    });
  }

  interface Purpose {
    readonly on?: { readonly url: string };
    readonly path?: string;
    readonly method?: string;
    readonly token?: string;
    readonly nonce?: string;
    readonly by?: KeyPair;
  }

  /** Creates a proof with the real client. By default for `GET /notes` with the bound token. */
  function prove(purpose: Purpose = {}) {
    const { on = running, path = '/notes', method = 'GET', token = bound, nonce } = purpose;
    return generateProof(purpose.by ?? keys, on.url + path, method, nonce, token);
  }

  /** Creates a proof of a client whose clock is wrong by that many seconds. */
  async function proveAt(seconds: number) {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + seconds * 1000);
    const proof = await prove();
    clock.mockRestore();
    return proof;
  }

  const refused = (code: string) => expect.objectContaining({ status: 401, code });

  it('lets a proven request in, cold and warm, and each proof once', async () => {
    const first = await prove();
    expect((await ask({ proofs: [first] })).status).toBe(200);
    expect((await ask({ proofs: [await prove()] })).status).toBe(200);
    expect(await ask({ proofs: [first] })).toMatchObject({
      status: 401,
      code: 'dpop_proof_invalid',
      challenge: expect.stringMatching(
        /^DPoP realm="patronus", error="invalid_dpop_proof", .*algs="ES256 /,
      ),
    });
    expect(await ask({})).toMatchObject({
      status: 401,
      code: 'dpop_proof_missing',
      challenge: expect.stringMatching(/^DPoP .*error="invalid_token", .*algs="ES256 /),
    });
  });

  it.each(['ES256', 'Ed25519', 'RS256', 'PS256'] as const)('verifies %s', async (algorithm) => {
    const by = await generateKeyPair(algorithm);
    const token = await issuer.token({ cnf: { jkt: await calculateThumbprint(by.publicKey) } });
    const proofs = [await prove({ by, token })];
    expect((await ask({ authorization: `DPoP ${token}`, proofs })).status).toBe(200);
  });

  it('refuses a bound token as a bearer token, with or without its proof', async () => {
    const authorization = `Bearer ${bound}`;
    for (const proofs of [[], [await prove()]]) {
      expect(await ask({ authorization, proofs })).toEqual(refused('dpop_proof_missing'));
    }
  });

  it('refuses an unbound token that comes as a bound one', async () => {
    const proofs = [await prove({ token: unbound })];
    expect(await ask({ authorization: `DPoP ${unbound}`, proofs })).toEqual(
      refused('dpop_proof_missing'),
    );
    expect((await ask({ authorization: `Bearer ${unbound}` })).status).toBe(200);
  });

  it('refuses a token that is bound to a certificate', async () => {
    const token = await issuer.token({ cnf: { 'x5t#S256': 'A'.repeat(43) } });
    for (const scheme of ['Bearer', 'DPoP']) {
      const proofs = [await prove({ token })];
      expect((await ask({ authorization: `${scheme} ${token}`, proofs })).status).toBe(401);
    }
  });

  it('refuses a proof that was made for something else', async () => {
    const others = [
      await prove({ method: 'POST' }),
      await prove({ path: '/notes/strict' }),
      await prove({ on: asking }),
      await prove({ token: unbound }),
      await prove({ by: await generateKeyPair('ES256') }),
      await proveAt(-120),
      await proveAt(120),
    ];
    for (const proof of others) {
      expect(await ask({ proofs: [proof] })).toEqual(refused('dpop_proof_invalid'));
    }
    expect((await ask({ proofs: [await proveAt(-50)] })).status).toBe(200);
    const proofs = [await prove({ method: 'POST' })];
    expect((await ask({ method: 'POST', proofs })).status).toBe(201);
  });

  it('refuses two proofs, though each alone is good', async () => {
    const proofs = [await prove(), await prove()];
    expect(await ask({ proofs })).toEqual(refused('dpop_proof_invalid'));
    expect((await ask({ proofs: proofs.slice(1) })).status).toBe(200);
  });

  it('compares the URL without its query, whatever its spelling', async () => {
    const proofs = [await prove({ path: '/%6eotes' })];
    expect((await ask({ path: '/notes?page=2', proofs })).status).toBe(200);
  });

  it('knows the URL that callers see, behind a proxy', async () => {
    const origin = 'https://api.example.com';
    const identityProvider = oidc({ issuer: issuer.url, audience: 'test' });
    const hidden = await start({ identityProvider, dpop: { origin } });
    const seen = [await prove({ on: { url: origin } })];
    const real = [await prove({ on: hidden })];
    const answers = [
      await ask({ on: hidden, proofs: seen }),
      await ask({ on: hidden, proofs: real }),
    ];
    await hidden.app.close();
    expect(answers).toEqual([
      expect.objectContaining({ status: 200 }),
      refused('dpop_proof_invalid'),
    ]);
  });

  it('starts and ends the store of proofs with the application', async () => {
    const steps: string[] = [];
    class WatchedReplays extends InMemoryDPoPReplays {
      override start = async () => void steps.push('start');
      override stop = async () => void steps.push('stop');
    }
    const identityProvider = oidc({ issuer: issuer.url, audience: 'test' });
    const { app } = await start({ identityProvider, dpop: { replays: new WatchedReplays() } });
    expect(steps).toEqual(['start']);
    await app.close();
    expect(steps).toEqual(['start', 'stop']);
  });

  it('has one winner of a hundred parallel uses', async () => {
    const proofs = [await prove()];
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask({ proofs })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'dpop_proof_invalid')).toHaveLength(99);
  });

  it('asks for a nonce, and takes it', async () => {
    const first = await ask({ on: asking, proofs: [await prove({ on: asking })] });
    expect(first).toMatchObject({
      status: 401,
      code: 'dpop_nonce_required',
      challenge: expect.stringMatching(/^DPoP .*error="use_dpop_nonce"/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const nonce = String(first.nonce);
    const proofs = [await prove({ on: asking, nonce })];
    expect((await ask({ on: asking, proofs })).status).toBe(200);
    const guessed = [await prove({ on: asking, nonce: 'guessed' })];
    expect(await ask({ on: asking, proofs: guessed })).toMatchObject({ status: 401, nonce });
  });

  it('keeps routes that ask for a proof from tokens without one', async () => {
    const path = '/notes/strict';
    expect(await ask({ path, authorization: `Bearer ${unbound}` })).toEqual(
      refused('dpop_proof_missing'),
    );
    expect((await ask({ path, proofs: [await prove({ path })] })).status).toBe(200);
  });

  it('keeps tokens of a named issuer out unless they are bound and proven', async () => {
    const cnf = { jkt: await calculateThumbprint(keys.publicKey) };
    const [plain, token] = await Promise.all([strictIssuer.token(), strictIssuer.token({ cnf })]);
    for (const authorization of [`Bearer ${plain}`, `Bearer ${token}`, `DPoP ${token}`]) {
      expect(await ask({ authorization })).toEqual(refused('dpop_proof_missing'));
    }
    const proofs = [await prove({ token })];
    expect((await ask({ authorization: `DPoP ${token}`, proofs })).status).toBe(200);
  });

  it('makes nobody of a caller whose proof is bad', async () => {
    const path = '/notes/open';
    expect((await ask({ path, proofs: [await prove()] })).status).toBe(401);
    expect((await ask({ path, proofs: [await prove({ path })] })).status).toBe(200);
  });

  it('takes one proof for all guards of a route', async () => {
    const path = '/notes/twice';
    expect((await ask({ path, proofs: [await prove({ path })] })).status).toBe(200);
  });
});
