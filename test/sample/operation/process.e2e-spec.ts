import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DemoIssuer } from '../../../apps/sample/src/demo/demo-issuer.js';
import { databaseUrl } from '../../environment/services.js';
import { OwnDatabase } from '../support/own-database.js';
import { RunningClinics } from '../support/running-clinics.js';

const run = promisify(execFile);
const PRODUCTION = { NODE_ENV: 'production', PORT: '0' };

const itOnPostgres = databaseUrl() === undefined ? it.skip : it;

/** A start takes a second, and many times that on a busy machine. */
jest.setTimeout(30_000);

const clinics = new RunningClinics();
const start = (environment: Readonly<Record<string, string>>) => clinics.start(environment);

async function receptionist(url: string): Promise<{ token: string }> {
  const response = await fetch(`${url}/demo/tokens`);
  const [first]: { token: string }[] = JSON.parse(await response.text());
  if (!first) throw new Error('the demo has no users');
  return first;
}

beforeAll(() => RunningClinics.build(), 120_000);

afterEach(() => clinics.stop());

afterAll(() => clinics.clear());

describe('the demo', () => {
  it('prints its address and three curl lines that work', async () => {
    const clinic = start({ PORT: '0' });
    const lines = (await clinic.welcome()).split('\n').filter((line) => line.startsWith('  curl '));
    expect(lines).toHaveLength(3);
    const answers = await Promise.all(lines.map((line) => run('sh', ['-c', line])));
    expect(answers.map(({ stdout }) => stdout)).toEqual([
      '{"status":"ok"}',
      expect.stringContaining('Ana Ruiz'),
      expect.stringMatching(/^HTTP\/1\.1 401 [^]*Bearer realm="patronus"[^]*"token_missing"/),
    ]);
  });

  it('prints nothing else before it is asked', async () => {
    const clinic = start({ PORT: '0' });
    await clinic.welcome();
    const { stdout, stderr } = await clinic.stop();
    expect(stdout.trim().split('\n')).toHaveLength(6);
    expect(stderr).toBe('');
  });

  it('tells operators why it refuses, and shows them no token', async () => {
    const clinic = start({ PORT: '0', NO_COLOR: '1' });
    const url = await clinic.url();
    const { token } = await receptionist(url);
    await fetch(`${url}/staff`, { headers: { Authorization: `Bearer ${token}` } });
    const { stdout } = await clinic.stop();
    expect(stdout).toMatch(/WARN \[Patronus\] role_denied .*"user":"receptionist"/);
    expect(stdout).toMatch(
      /WARN \[Security\] \{"event":"denied","code":"role_denied","user":"receptionist","tenant":"clinica-norte","route":"StaffController.list","decisionId":"[\w-]+"\}\n/,
    );
    expect(stdout.slice(stdout.indexOf('WARN'))).not.toContain(token);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const clinic = start({ PORT: '0' });
    await fetch(`${await clinic.url()}/health`);
    expect(await clinic.stop(signal)).toMatchObject({ code: 0, stderr: '' });
  });

  it('reports a port in use in one line', async () => {
    const { port } = new URL(await start({ PORT: '0' }).url());
    expect(await start({ PORT: port }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use: choose another one with PORT.\n`,
    });
  });

  it('reports an invalid port in one line', async () => {
    expect(await start({ PORT: 'abc' }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: 'PORT must be a whole number from 0 to 65535, and is "abc".\n',
    });
  });
});

describe('production', () => {
  it.each([
    ['OIDC_ISSUER', { OIDC_AUDIENCE: 'clinic-api' }],
    ['OIDC_AUDIENCE', { OIDC_ISSUER: 'https://id.example.com' }],
  ])('does not start without %s', async (name, environment) => {
    expect(await start({ ...PRODUCTION, ...environment }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: `${name} is missing: NODE_ENV=production needs it.\n`,
    });
  });

  it('does not start without DATABASE_URL', async () => {
    const trusted = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'clinic-api' };
    expect(await start({ ...PRODUCTION, ...trusted }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'DATABASE_URL is missing: NODE_ENV=production needs it; the embedded database is for development.\n',
    });
  });

  it('reports an unreachable DATABASE_URL in one line, without its password', async () => {
    const DATABASE_URL = 'postgres://clinic:s3cr3t@127.0.0.1:9/clinic';
    expect(await start({ PORT: '0', DATABASE_URL }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'DATABASE_URL: PostgreSQL, 127.0.0.1:9/clinic refuses the connection: connect ECONNREFUSED 127.0.0.1:9.\n',
    });
  });

  itOnPostgres('reports an invalid issuer in one line', async () => {
    const own = await OwnDatabase.create();
    const trusted = { OIDC_ISSUER: 'nonsense', OIDC_AUDIENCE: 'clinic-api' };
    const clinic = start({ ...PRODUCTION, ...trusted, DATABASE_URL: own.url });
    const { code, stdout, stderr } = await clinic.ended();
    await own.drop();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^oidc\.issuer: .+\n$/);
  });

  itOnPostgres('has no demo, and trusts the configured issuer', async () => {
    const issuer = await DemoIssuer.start();
    const own = await OwnDatabase.create();
    const trusted = { OIDC_ISSUER: issuer.issuer, OIDC_AUDIENCE: issuer.audience };
    const clinic = start({ ...PRODUCTION, ...trusted, DATABASE_URL: own.url });
    const url = await clinic.url();
    const statusOf = async (path: string) => (await fetch(url + path)).status;
    const demo = ['/', '/page/page.js', '/page/page.css', '/demo/tokens', '/demo/tokens/expired'];
    expect(await Promise.all(demo.map(statusOf))).toEqual(demo.map(() => 404));
    expect(await statusOf('/health')).toBe(200);
    expect(await statusOf('/patients')).toBe(401);
    expect(await clinic.stop()).toMatchObject({ code: 0, stderr: '' });
    await own.drop();
    await issuer.onApplicationShutdown();
  });
});
