import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoIssuer } from '../../apps/sample/src/demo/demo-issuer.js';
import { RunningClinic } from './running-clinic.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PRODUCTION = { NODE_ENV: 'production', PORT: '0' };

const started: RunningClinic[] = [];

function start(environment: Readonly<Record<string, string>>): RunningClinic {
  const clinic = new RunningClinic(environment);
  started.push(clinic);
  return clinic;
}

async function receptionist(url: string): Promise<{ token: string }> {
  const response = await fetch(`${url}/demo/tokens`);
  const [first]: { token: string }[] = JSON.parse(await response.text());
  if (!first) throw new Error('the demo has no users');
  return first;
}

beforeAll(async () => {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { cwd: ROOT });
}, 120_000);

afterEach(async () => {
  await Promise.all(started.splice(0).map((clinic) => clinic.stop()));
});

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
    expect(stdout.trim().split('\n')).toHaveLength(5);
    expect(stderr).toBe('');
  });

  it('tells operators why it refuses, and shows them no token', async () => {
    const clinic = start({ PORT: '0', NO_COLOR: '1' });
    const url = await clinic.url();
    const { token } = await receptionist(url);
    await fetch(`${url}/staff`, { headers: { Authorization: `Bearer ${token}` } });
    const { stdout } = await clinic.stop();
    expect(stdout).toMatch(/WARN \[Patronus\] role_denied .*"user":"receptionist"/);
    expect(stdout.split('WARN')[1]).not.toContain(token);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const clinic = start({ PORT: '0' });
    await fetch(`${await clinic.url()}/health`);
    expect(await clinic.stop(signal)).toMatchObject({ code: 0, stderr: '' });
  });

  it('says in one line that its port is in use', async () => {
    const { port } = new URL(await start({ PORT: '0' }).url());
    expect(await start({ PORT: port }).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use: choose another one with PORT.\n`,
    });
  });

  it('says in one line that its port is no port', async () => {
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

  it('says in one line that the issuer is no address', async () => {
    const environment = { ...PRODUCTION, OIDC_ISSUER: 'nonsense', OIDC_AUDIENCE: 'clinic-api' };
    const { code, stdout, stderr } = await start(environment).ended();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^oidc\.issuer: .+\n$/);
  });

  it('has no demo, and believes the issuer that it was given', async () => {
    const issuer = await DemoIssuer.start();
    const trusted = { OIDC_ISSUER: issuer.issuer, OIDC_AUDIENCE: issuer.audience };
    const url = await start({ ...PRODUCTION, ...trusted }).url();
    const statusOf = async (path: string) => (await fetch(url + path)).status;
    const demo = ['/', '/page/page.js', '/page/page.css', '/demo/tokens', '/demo/tokens/expired'];
    expect(await Promise.all(demo.map(statusOf))).toEqual(demo.map(() => 404));
    expect(await statusOf('/health')).toBe(200);
    expect(await statusOf('/patients')).toBe(401);
    await issuer.onApplicationShutdown();
  });
});
