import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { CommandHost, run } from './run-command.js';
import { RunningDevIdp } from './running-dev-idp.js';

describe('patronus token', () => {
  let idp: RunningDevIdp;
  let host: CommandHost;
  beforeAll(async () => {
    idp = await RunningDevIdp.start();
    host = new CommandHost();
  });
  afterAll(() => {
    host.stop();
    return idp.stop();
  });

  const token = (...args: readonly string[]) =>
    host.run(['token', '--issuer', idp.issuer, ...args]);

  it('prints the token on stdout, and nothing else', async () => {
    const { code, stdout, stderr } = await token('--user', 'ben', '--expires-in', '60');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { sub, iss, iat, exp } = decodeJwt(stdout);
    expect([sub, iss, (exp ?? 0) - (iat ?? 0) <= 61]).toEqual(['ben', idp.issuer, true]);
  });

  it('takes claims as JSON, and as text where they are none', async () => {
    const claims = [
      '--claim',
      'roles=["doctor"]',
      '--claim',
      'empresa_id=norte=1',
      '--claim',
      'n=1',
    ];
    const { stdout } = await token('--user', 'ana', ...claims);
    expect(decodeJwt(stdout)).toMatchObject({ roles: ['doctor'], empresa_id: 'norte=1', n: 1 });
  });

  it('answers with a document where it is asked to', async () => {
    const { stdout } = await token('--user', 'ana', '--json');
    expect(JSON.parse(stdout)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
    });
  });

  it.each([
    ['a user that is none', ['--user', 'zoe'], 'Choose from ana, ben'],
    ['no user', [], "'--user <name>'"],
    ['a claim without a value', ['--user', 'ana', '--claim', 'roles'], 'name=value'],
    ['a claim of the issuer', ['--user', 'ana', '--claim', 'iss=x'], 'set by the issuer'],
    ['a time that is none', ['--user', 'ana', '--expires-in', '5m'], 'whole number'],
    ['an issuer without https', ['--user', 'ana', '--issuer', 'http://id.example'], 'https'],
  ])('calls %s a mistake, and prints no token', async (_case, args, named) => {
    const { code, stdout, stderr } = await token(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
  });

  it('prints nothing that is no token, whoever says it is one', async () => {
    const server = createServer((_request, response) => {
      response.end(JSON.stringify({ access_token: 'a.b.c\u001B[2J $(id)' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await token('--user', 'ana', '--issuer', `http://127.0.0.1:${port}`);
    server.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('says where nobody answers, with a stack for --verbose only', async () => {
    const gone = await RunningDevIdp.start();
    await gone.stop();
    const args = ['token', '--issuer', gone.issuer, '--user', 'ana'];
    const { code, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^patronus: .*ECONNREFUSED.*npx patronus dev-idp.*\n$/);
    expect((await run([...args, '--verbose'])).stderr).toContain('\n    at ');
  });
});

describe('patronus', () => {
  it('shows every command and an example', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of ['dev-idp', 'token', 'doctor', 'routes', 'explain']) {
      expect(stdout).toContain(`\n  ${name} `);
    }
    expect(stdout).toContain('$ npx patronus');
  });

  it.each([[['nope']], [['doctor', '--isuer', 'x']], [[]]])('calls %j a mistake', async (args) => {
    const { code, stdout } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('has colours where they are asked for, and none in a pipe', async () => {
    const args = ['doctor', '--issuer', 'http://id.example'];
    const { stdout } = await run(args, { env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\u001B[31m');
    const plain = await run(args);
    expect(plain.stdout).not.toContain('\u001B');
    expect(plain.stdout).toContain('issuer_insecure');
  });
});
