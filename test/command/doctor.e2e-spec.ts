import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestIssuer, TestKey } from '@patronus/nestjs/testing';
import { CommandHost, run, type Surroundings } from './run-command.js';
import { SkewedIssuer } from './skewed-issuer.js';

let host: CommandHost;
beforeAll(() => void (host = new CommandHost()));
afterAll(() => host.stop());

/** Returns the codes of the doctor's findings. */
async function diagnose(args: readonly string[], around?: Surroundings) {
  const command = ['doctor', '--json', ...args];
  const { code, stdout } = await (around === undefined ? host.run(command) : run(command, around));
  const { ok, findings, claims } = JSON.parse(stdout);
  const codesOf = (wanted: string) =>
    findings
      .filter(({ severity }: { severity: string }) => severity === wanted)
      .map((finding: { code: string }) => finding.code);
  for (const { severity, remedy } of findings) {
    expect(typeof remedy).toBe(severity === 'ok' ? 'undefined' : 'string');
  }
  return { code, ok, errors: codesOf('error'), warnings: codesOf('warning'), claims, findings };
}

const WELL = { code: 0, ok: true, errors: [], warnings: [] };
const ill = (...errors: readonly string[]) => ({ code: 1, ok: false, errors });

describe('patronus doctor', () => {
  let issuer: TestIssuer;
  beforeEach(async () => {
    issuer = await TestIssuer.start();
  });
  afterEach(() => issuer.stop());

  const ask = (...args: readonly string[]) => diagnose(['--issuer', issuer.url, ...args]);
  const askOf = async (claims: object, ...args: readonly string[]) => {
    const token = await issuer.token({ ...claims });
    return ask('--audience', 'test', '--token', token, ...args);
  };

  it('takes the token with its scheme in front', async () => {
    const token = `Bearer ${await issuer.token()}`;
    expect(await ask('--audience', 'test', '--token', token)).toMatchObject(WELL);
  });

  describe('of an issuer', () => {
    it('finds nothing wrong where nothing is', async () => {
      expect(await ask()).toMatchObject(WELL);
    });

    it('tells a slash at the end', async () => {
      const found = await diagnose(['--issuer', `${issuer.url}/`]);
      expect(found).toMatchObject(ill('discovery_issuer'));
      expect(JSON.stringify(found.findings)).toContain('a slash at the end');
    });

    it.each([
      ['error', 'discovery_status'],
      ['html', 'discovery_not_json'],
      ['huge', 'discovery_unreachable'],
      ['redirect', 'discovery_unreachable'],
      ['refuse', 'discovery_unreachable'],
    ] as const)('tells an answer that is %s', async (outage, code) => {
      issuer.outage(outage);
      expect(await ask()).toMatchObject(ill(code));
    });

    it('tells nobody there, and http that leaves the machine', async () => {
      const gone = await TestIssuer.start();
      await gone.stop();
      expect(await diagnose(['--issuer', gone.url])).toMatchObject(ill('discovery_unreachable'));
      const open = await diagnose(['--issuer', 'http://id.example']);
      expect(open).toMatchObject(ill('issuer_insecure'));
    });

    it('tells an issuer with a query', async () => {
      expect(await diagnose(['--issuer', `${issuer.url}/?a=b`])).toMatchObject(ill('issuer_query'));
    });

    it('discovers one by the metadata of RFC 8414, where there is no other', async () => {
      const asked: string[] = [];
      const document = { issuer: '', jwks_uri: issuer.jwksUri };
      const server = createServer(({ url = '' }, response) => {
        asked.push(url);
        const isFound = url === '/.well-known/oauth-authorization-server/tenant';
        response.writeHead(isFound ? 200 : 404).end(JSON.stringify(document));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const url = `http://127.0.0.1:${port}/tenant`;
      const elsewhere = await diagnose(['--issuer', url]);
      expect(elsewhere).toMatchObject(ill('discovery_issuer'));
      document.issuer = url;
      expect(await diagnose(['--issuer', url])).toMatchObject(WELL);
      server.close();
      expect(asked.slice(0, 2)).toEqual([
        '/tenant/.well-known/openid-configuration',
        '/.well-known/oauth-authorization-server/tenant',
      ]);
    });

    it('tells a proxy that is none, and says that there is none', async () => {
      const env = { HTTPS_PROXY: 'proxy.example:3128' };
      const args = ['--issuer', issuer.url];
      expect(await diagnose(args, { env })).toMatchObject(ill('proxy'));
      const { host: name } = new URL(issuer.url);
      expect((await ask()).findings).toContainEqual({
        code: 'proxy',
        severity: 'ok',
        message: `Requests to ${name} go through no proxy.`,
      });
    });

    it('tells keys that are nowhere, or elsewhere', async () => {
      issuer.announce({ jwks_uri: 'http://id.example/jwks' });
      expect(await ask()).toMatchObject(ill('jwks_uri'));
      const named = await ask('--jwks', issuer.jwksUri);
      expect(named).toMatchObject({ ...WELL, warnings: ['discovery_skipped'] });
      expect(await ask('--jwks', `${issuer.url}/gone`)).toMatchObject(ill('jwks_status'));
    });

    it('shows a terminal nothing that it would obey', async () => {
      issuer.announce({ jwks_uri: `${issuer.url}/gone\u001b[2J\u202e` });
      const { stdout } = await run(['doctor', '--issuer', issuer.url]);
      expect(stdout).toContain('/gone\\u001b[2J\\u202e answers with status 404');
    });

    it.each([-600, 600])('tells a clock that is %d seconds ahead', async (seconds) => {
      const skewed = await SkewedIssuer.start(seconds);
      const found = await diagnose(['--issuer', skewed.url]);
      await skewed.stop();
      expect(found).toMatchObject(ill('clock_skew'));
      const direction = seconds < 0 ? 'ahead of' : 'behind';
      expect(JSON.stringify(found.findings)).toMatch(
        new RegExp(`(599|60[0-2]) seconds ${direction}`),
      );
    });

    it('takes a clock that is nearly right', async () => {
      const near = await SkewedIssuer.start(3);
      const found = await diagnose(['--issuer', near.url]);
      await near.stop();
      expect(found).toMatchObject(WELL);
    });
  });

  describe('of keys', () => {
    const weak = (): JsonWebKey => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      return { ...publicKey.export({ format: 'jwk' }), kid: 'weak' };
    };

    it('tells two keys under one kid, and not one key twice', async () => {
      issuer.publish(issuer.key.jwk);
      expect(await ask()).toMatchObject(WELL);
      await issuer.addKey({ jwk: { kid: issuer.key.kid } });
      expect(await ask()).toMatchObject(ill('key_duplicate_kid', 'jwks_no_usable_key'));
    });

    it.each([
      ['weak', weak()],
      ['unusable', { kty: 'EC', crv: 'secp256k1', x: 'a', y: 'a', kid: 'k' }],
      ['unknown', { kty: 'AKP', kid: 'post-quantum' }],
    ])('warns of a key that is %s, beside a good one', async (kind, jwk) => {
      issuer.publish(jwk);
      expect(await ask()).toMatchObject({ ...WELL, warnings: [`key_${kind}`] });
      issuer.removeKey(issuer.key.kid);
      expect(await ask()).toMatchObject(ill('jwks_no_usable_key'));
    });

    it.each([
      ['of a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'k' }],
      ['with its private part', { kty: 'RSA', n: 'a', e: 'AQAB', d: 'cHJpdmF0ZQ', kid: 'k' }],
    ])('tells a key %s, and does not repeat it', async (_kind, jwk) => {
      issuer.publish(jwk);
      const found = await ask();
      expect(found).toMatchObject(ill('key_private'));
      expect(JSON.stringify(found)).not.toMatch(/c2VjcmV0|cHJpdmF0ZQ/);
    });

    it('lets no kid write on the terminal', async () => {
      issuer.publish({ kty: 'oct', k: 'a', kid: '\u001B[2J\u009B2J\u202Eevil' });
      const { stdout } = await run(['doctor', '--issuer', issuer.url]);
      expect(stdout).toContain('evil');
      expect(stdout).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
    });
  });

  describe('of a token', () => {
    it('agrees with the guard on a good one', async () => {
      const found = await askOf({ empresa_id: 7 }, '--tenant-claim', 'empresa_id');
      expect(found).toMatchObject(WELL);
      expect(JSON.stringify(found.findings)).toContain('"guard"');
    });

    it.each([
      ['another audience', { aud: ['other'] }, ['token_audience', 'guard']],
      ['no audience', { aud: undefined }, ['token_audience', 'guard']],
      ['another issuer', { iss: 'https://id.example' }, ['token_issuer', 'guard']],
      ['no time left', { exp: 1_000_000_000 }, ['token_expired', 'guard']],
      ['a later start', { nbf: 9_000_000_000 }, ['token_not_yet_valid', 'guard']],
      ['a later issue', { iat: 9_000_000_000 }, ['token_issued_in_future', 'guard']],
      ['no subject', { sub: undefined }, ['token_claims', 'guard']],
      ['hashes of an ID token', { at_hash: 'x' }, ['token_claims', 'guard']],
      ['no tenant', { empresa_id: '' }, ['token_tenant']],
    ])('tells %s', async (_case, claims, errors) => {
      const found = await askOf({ empresa_id: 'norte', ...claims }, '--tenant-claim', 'empresa_id');
      expect(found).toMatchObject(ill(...errors));
    });

    it.each([
      ['no algorithm', { alg: 'none' }, 'token_header'],
      ['a shared secret', { alg: 'HS256' }, 'token_header'],
      ['an ID token', { typ: 'logout+jwt' }, 'token_header'],
      ['another key', { kid: 'gone' }, 'token_kid'],
      ['the algorithm of another key', { alg: 'ES256' }, 'token_alg'],
    ])('tells a header of %s', async (_case, header, code) => {
      const token = await issuer.token({}, { header });
      const found = await ask('--audience', 'test', '--token', token);
      expect(found).toMatchObject(ill(code, 'guard'));
    });

    it('tells a forged signature', async () => {
      const key = await TestKey.generate('RS256', { kid: issuer.key.kid });
      const token = await issuer.token({}, { key });
      const found = await ask('--audience', 'test', '--token', token);
      expect(found).toMatchObject(ill('token_signature', 'guard'));
    });

    it.each(['opaque', 'a.b.c.d.e', 'Bearer a.b.c'])('tells that %j is none', async (token) => {
      expect(await ask('--token', token)).toMatchObject(ill('token_malformed'));
    });

    it('warns where the audience is not looked at', async () => {
      const found = await ask('--token', await issuer.token({ aud: 'other' }));
      expect(found).toMatchObject({ ...WELL, warnings: ['token_audience_unchecked'] });
    });

    it('reads it from stdin, and prints nothing of it but claims that are asked for', async () => {
      const token = await issuer.token({ email: 'ana@novah.example' });
      const args = ['doctor', '--issuer', issuer.url, '--audience', 'test', '--token-stdin'];
      const quiet = await run(args, { input: `${token}\n` });
      expect(quiet).toMatchObject({ code: 0, stderr: '' });
      expect(quiet.stdout).not.toContain('ana@novah.example');
      const { stdout } = await run([...args, '--show-claims'], { input: token });
      expect(stdout).toContain('ana@novah.example');
      for (const part of token.split('.')) expect(quiet.stdout + stdout).not.toContain(part);
    });

    it('calls two tokens, and none, a mistake', async () => {
      const args = ['doctor', '--issuer', issuer.url, '--token-stdin'];
      expect(await run([...args, '--token', 'a'])).toMatchObject({ code: 2, stdout: '' });
      expect(await run(args, { input: ' \n' })).toMatchObject({ code: 2, stdout: '' });
    });
  });

  describe('of an installation', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'patronus-doctor-'));
    const install = (path: string): string => {
      const folder = join(cwd, 'node_modules', path);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{}');
      return folder;
    };
    beforeAll(() => {
      install('nestjs-cls');
      const core = install('.pnpm/core@12/node_modules/@nestjs/core');
      mkdirSync(join(cwd, 'node_modules', '@nestjs'));
      symlinkSync(core, join(cwd, 'node_modules', '@nestjs', 'core'));
    });
    afterAll(() => rmSync(cwd, { recursive: true }));

    it('ends where packages of a workspace lead to each other', async () => {
      const names = ['a', 'b', 'c', 'd'];
      const links = names.map((name) => join(install(name), 'node_modules'));
      for (const modules of links) {
        mkdirSync(modules);
        for (const name of names) symlinkSync(join(cwd, 'node_modules', name), join(modules, name));
      }
      expect(await diagnose(['--issuer', issuer.url], { cwd })).toMatchObject(WELL);
    });

    it('tells a package that is there twice, and not one with two names', async () => {
      const args = ['--issuer', issuer.url];
      expect(await diagnose(args, { cwd })).toMatchObject(WELL);
      const nested = install('@novah/clinic/node_modules/nestjs-cls');
      expect(await diagnose(args, { cwd })).toMatchObject(ill('package_duplicate'));
      rmSync(dirname(nested), { recursive: true });
      install('.pnpm/core@11/node_modules/@nestjs/core');
      expect(await diagnose(args, { cwd })).toMatchObject(ill('package_duplicate'));
    });
  });
});
