import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestIssuer } from '@patronus/nestjs/testing';
import { CommandHost, run } from './run-command.js';

const CLINIC = fileURLToPath(new URL('apps/clinic.ts', import.meta.url));
const VERSIONS = fileURLToPath(new URL('apps/versions.ts', import.meta.url));

describe('patronus explain', () => {
  let issuer: TestIssuer;
  let host: CommandHost;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    host = new CommandHost({ ISSUER: issuer.issuer });
  });
  afterAll(async () => {
    host.stop();
    await issuer.stop();
  });

  /** Explains a call with a token of these claims, and checks that the token is not printed. */
  async function explain(app: string, claims: object, ...args: readonly string[]) {
    const token = await issuer.token({ sub: 'ana', ...claims });
    const [command, input] = [['explain', '-', ...args, '--app', app], `${token}\n`];
    // The clinic has a transport that is of one application at a time.
    const ended = app.startsWith(CLINIC)
      ? await run(command, { env: { ISSUER: issuer.issuer }, input })
      : await host.run(command, input);
    const [, , signature = ''] = token.split('.');
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(signature);
    return ended;
  }

  const inClinic = (claims: object, ...args: readonly string[]) => {
    const known = { aud: 'dev-api', empresa_id: 'norte', ...claims };
    return explain(`${CLINIC}#createApp`, known, ...args);
  };

  it('says through which roles a call is allowed, in which tenant, and runs nothing', async () => {
    const call = ['DELETE', '/api/v1/patients/7'];
    const { code, stdout, stderr } = await inClinic({ roles: ['nurse'] }, ...call);
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: [
        'allowed',
        'call      DELETE /api/v1/patients/7 (PatientsController.erase)',
        `caller    ana of ${issuer.issuer}, by oidc, without scopes`,
        'tenant    norte, from the token',
        'grants    from the claims of the token',
        '          roles nurse',
        "rule      @RequirePermissions('patients.read', 'patients.erase'): met, in the authority of the tenant",
        '          has patients.read through nurse → admin (patients.*)',
        '          has patients.erase through nurse → admin (patients.*)',
        '',
      ],
    });
    expect(stderr).not.toContain('must not');
  });

  it('says what is lacking, and ends with 1', async () => {
    const call = ['DELETE', '/api/v1/patients/7'];
    const { code, stdout } = await inClinic({ roles: ['receptionist'] }, ...call);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^denied {4}permission_denied: .*patients\.erase/);
    expect(stdout).toContain('\n          lacks patients.erase\n');
    expect(stdout).toContain('\n          has patients.read through receptionist\n');
  });

  it('says of each alternative why it is met or not', async () => {
    const call = ['GET', '/api/v1/either'];
    const denied = await inClinic({ roles: ['receptionist'] }, ...call);
    expect(denied.code).toBe(1);
    expect(denied.stdout.split('\n').slice(6)).toEqual([
      "rule      @RequireAny(roles('nurse'), permissions('patients.erase'), platformRoles('auditor')): not met",
      "          either roles('nurse'): not met, in the authority of the tenant",
      '            lacks nurse',
      "          or permissions('patients.erase'): not met, in the authority of the tenant",
      '            lacks patients.erase',
      "          or platformRoles('auditor'): not met, in the authority of the platform",
      '            lacks auditor',
      '',
    ]);
    const allowed = await inClinic({ platform_roles: ['auditor'] }, ...call);
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toContain(
      "or platformRoles('auditor'): met, in the authority of the platform\n            has auditor\n",
    );
  });

  it('asks no policy, and says which one would decide', async () => {
    const call = ['POST', '/api/v1/patients/7/notes', '--json'];
    const { code, stdout, stderr } = await inClinic({ roles: ['nurse'] }, ...call);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      call: 'POST /api/v1/patients/7/notes',
      verdict: 'depends',
      unasked: ['@RequireOwner(Notes)'],
      explanation: { tenant: 'norte', requirements: [{ met: true }, {}] },
    });
    expect(stderr).not.toContain('must not be loaded');
    const denied = await inClinic({ roles: [] }, ...call);
    expect({ code: denied.code, unasked: JSON.parse(denied.stdout).unasked }).toEqual({
      code: 1,
      unasked: [],
    });
  });

  it.each([
    ['MESSAGE chat', 'ChatGateway.chat', 'allowed'],
    ['RPC {"cmd":"sum"}', 'OtherController.sum', 'transport_unsupported'],
    ['HEAD /api/v1/patients', 'PatientsController.list', 'allowed'],
    ['get /API/v1/patients/?q=1', 'PatientsController.list', 'allowed'],
    ['GET /api/v1/patients/recent', 'PatientsController.recent', 'allowed'],
  ])('finds %s', async (call, handler, outcome) => {
    const [method = '', path = ''] = call.split(' ');
    const { stdout } = await inClinic({ roles: ['nurse'] }, method, path, '--json');
    const said = JSON.parse(stdout);
    expect(said.handler).toBe(handler);
    expect(said.code ?? said.verdict).toBe(outcome);
  });

  it('takes the tenant that a header asks for', async () => {
    const call = ['GET', '/api/v1/patients', '--header', 'X-Empresa-Id: sur'];
    const { code, stdout } = await inClinic({ roles: ['nurse'] }, ...call);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^denied {4}tenant_mismatch: /);
    expect((await inClinic({ roles: ['nurse'], empresa_id: 'sur' }, ...call)).code).toBe(0);
  });

  it.each([
    ['without a token', '', 'token_missing'],
    ['with something that is none', 'no-token', 'token_malformed'],
  ])('explains a call %s', async (_case, token, expected) => {
    const args = ['explain', token, 'GET', '/me', '--app', `${CLINIC}#AppModule`, '--json'];
    const { code, stdout } = await run(args);
    expect({ code, said: JSON.parse(stdout).code }).toEqual({ code: 1, said: expected });
  });

  it.each(['Bearer ', 'authorization: bearer  '])(
    'takes the token with its scheme in front: %j',
    async (scheme) => {
      const claims = { sub: 'ana', aud: 'dev-api', empresa_id: 'norte', roles: ['nurse'] };
      const token = `${scheme}${await issuer.token(claims)}`;
      const call = ['GET', '/api/v1/patients', '--app', `${CLINIC}#createApp`, '--json'];
      const env = { ISSUER: issuer.issuer };
      const argument = await run(['explain', token, ...call], { env });
      const piped = await run(['explain', '-', ...call], { env, input: token });
      for (const { code, stdout } of [argument, piped]) {
        expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, verdict: 'allowed' });
      }
    },
  );

  it('lets a token say nothing to a terminal', async () => {
    const roles = ['\u001B[31mred', '\u202Eback'];
    const { stdout } = await inClinic({ roles }, 'GET', '/api/v1/me');
    expect(stdout).toContain('roles ?[31mred, ?back');
  });

  describe.each(['onExpress', 'onFastify'])('%s', (factory) => {
    const ask = (claims: object, ...args: readonly string[]) =>
      explain(`${VERSIONS}#${factory}`, claims, ...args, '--json');

    it('asks the permission source for the tenant that the request chose', async () => {
      const call = ['GET', '/notes/7', '--init', '--header', 'x-version: 1'];
      const allowed = await ask({}, ...call, '--header', 'x-tenant: sur');
      expect({ code: allowed.code, ...JSON.parse(allowed.stdout) }).toMatchObject({
        code: 0,
        handler: 'FirstController.one',
        tenantFrom: 'the header x-tenant, and the memberships of the caller',
        explanation: { tenant: 'sur', grants: { source: 'Roster', from: 'source' } },
      });
      const denied = await ask({}, ...call, '--header', 'x-tenant: norte');
      expect(JSON.parse(denied.stdout)).toMatchObject({ code: 'role_denied' });
    });

    it('says what a caller holds where the guards did not come to ask', async () => {
      const header = ['--header', 'x-tenant: sur', '--header', 'x-version: 1', '--init'];
      const { stdout } = await ask({}, 'GET', '/notes/7/export', ...header);
      expect(JSON.parse(stdout)).toMatchObject({
        code: 'scope_denied',
        explanation: {
          grants: { roles: ['writer'] },
          requirements: [{ met: false }, { met: true }],
        },
      });
    });

    it('chooses the handler by version, and by what is more exact where the server does', async () => {
      const header = ['--header', 'x-version: 2', '--header', 'x-tenant: sur', '--init'];
      const { stdout } = await ask({}, 'GET', '/notes/7', ...header);
      expect(JSON.parse(stdout)).toMatchObject({
        handler: 'SecondController.one',
        verdict: 'allowed',
      });
      const exact = await ask({}, 'GET', '/notes/all', '--header', 'x-version: 1');
      const first = factory === 'onFastify' ? 'FirstController.all' : 'FirstController.one';
      expect(JSON.parse(exact.stdout).handler).toBe(first);
      const { code, stderr } = await ask({}, 'GET', '/notes/all');
      expect(code).toBe(2);
      expect(stderr).toContain('No handler answers GET /notes/all.');
    });
  });

  it('says that the source may need its hooks where they were not run', async () => {
    const call = ['GET', '/notes/7', '--header', 'x-tenant: sur', '--header', 'x-version: 1'];
    const { code, stdout, stderr } = await explain(`${VERSIONS}#onExpress`, {}, ...call);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^denied {4}provider_unavailable: .*not connected/);
    expect(stderr).toContain('add --init');
  });

  it.each([
    [['GET', '/nowhere'], 'No handler answers GET /nowhere.'],
    [['GET', 'patients'], 'GET patients is not a call.'],
    [['GET', '/me', '--header', 'nonsense'], "Write --header 'x-empresa-id: norte'."],
    [['GET', '/me', '--header', 'Authorization: Bearer secret-token'], 'is set from the token'],
    [['GET', '/me', '--header', 'x: a\r\nb'], 'A --header is not valid.'],
  ])('calls %j a mistake', async (args, problem) => {
    const { code, stdout, stderr } = await run(
      ['explain', '-', ...args, '--app', `${CLINIC}#AppModule`],
      { input: 'a.b.c' },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('secret-token');
  });

  it('calls an empty pipe a mistake', async () => {
    const { code, stderr } = await run([
      'explain',
      '-',
      'GET',
      '/me',
      '--app',
      `${CLINIC}#AppModule`,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('No token came on stdin.');
  });
});
