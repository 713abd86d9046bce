import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RunningClinics } from '../sample/support/running-clinics.js';
import { isAlive, RunningStart, type StartOptions, untilGone } from './running-start.js';

/** Two applications start, each of which takes seconds on a busy machine. */
jest.setTimeout(120_000);

let folder: string;
const started: RunningStart[] = [];

async function start(
  environment: Readonly<Record<string, string>> = {},
  way?: StartOptions,
): Promise<RunningStart> {
  const running = await RunningStart.on(folder, environment, way);
  started.push(running);
  return running;
}

beforeAll(async () => {
  await RunningClinics.build();
  folder = mkdtempSync(join(tmpdir(), 'patronus-start-'));
}, 180_000);

afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.stop()));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start', () => {
  it('brings up both, says where they are, and ends both on SIGTERM', async () => {
    const running = await start();
    const lines = (await running.ready()).split('\n');
    expect(lines).toContain(`start    | The clinic:           ${running.sampleUrl}`);
    expect(lines).toContain(`start    | Mail it would send:   ${running.platformUrl}/dev/mail`);
    expect(lines).toContainEqual(
      expect.stringMatching(/^start {4}\| First administrator: {2}http/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^platform \| /));
    expect(lines).toContainEqual(expect.stringMatching(/^sample {3}\| /));

    const addresses = [`${running.platformUrl}/health/ready`, `${running.sampleUrl}/health`];
    const answers = await Promise.all(addresses.map((address) => fetch(address)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);

    const applications = running.applications();
    expect(applications).toHaveLength(2);
    expect(await running.stop()).toMatchObject({ code: 0, stderr: '' });
    expect(applications.filter(isAlive)).toEqual([]);
  });

  it('ends both on Ctrl+C, which may come twice', async () => {
    const running = await start();
    await running.ready();
    const applications = running.applications();
    void running.stop('SIGINT');
    expect(await running.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
    expect(applications.filter(isAlive)).toEqual([]);
  });

  it('leaves nobody behind where it is killed itself', async () => {
    const running = await start();
    await running.ready();
    const applications = running.applications();
    await running.stop('SIGKILL');
    await untilGone(applications);
  });

  it.each([
    ['platform', 0, 'SIGKILL', 137],
    ['sample', 1, 'SIGTERM', 0],
  ] as const)('ends with the %s', async (name, index, signal, code) => {
    const running = await start();
    await running.ready();
    const applications = running.applications();
    process.kill(applications[index]!, signal);
    const ended = await running.ended();
    expect(ended.code).toBe(code);
    expect(ended.stdout).toContain(`start    | The ${name} ended with ${code}.\n`);
    expect(applications.filter(isAlive)).toEqual([]);
  });

  it('leaves none behind if the npm that started it is stopped', async () => {
    const running = await start({}, { byNpm: true });
    await running.ready();
    const processes = running.descendants();
    // The shell of npm is one of them, unless it becomes the program that it starts.
    expect(processes.length).toBeGreaterThanOrEqual(3);
    await running.stop();
    await untilGone(processes);
  });

  it.each(['18.20.8', '20.20.2', '22.11.0', '23.11.1'])(
    'says in one line that Node.js %s is too old',
    async (version) => {
      const ended = await (await start({}, { pretending: version })).ended();
      expect(ended).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^This needs Node\.js \^22\.12\.0 \|\| >=24\.0\.0, .+\n$/),
      });
      expect(ended.stderr).toContain(` ${version}.`);
    },
  );

  it('ends both where it is stopped before they are up', async () => {
    const running = await start();
    while (running.applications().filter(isAlive).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const applications = running.applications();
    expect((await running.stop()).code).toBe(0);
    expect(applications.filter(isAlive)).toEqual([]);
  });

  it.each(['PLATFORM_PORT', 'SAMPLE_PORT'])('says in one line that %s is in use', async (name) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await (await start({ [name]: String(port) })).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use: choose another one with ${name}.\n`,
    });
    server.close();
  });

  it.each([
    [{ SAMPLE_PORT: '0' }, 'SAMPLE_PORT must be a whole number from 1 to 65535, and is "0".\n'],
    [
      { SAMPLE_PORT: '4000', PLATFORM_PORT: '4000' },
      'PLATFORM_PORT and SAMPLE_PORT must be two ports.\n',
    ],
    [{ NODE_ENV: 'production' }, expect.stringMatching(/^npm start is for development: .+\n$/)],
  ])('does not start with %j', async (environment, stderr) => {
    expect(await (await start(environment)).ended()).toEqual({ code: 1, stdout: '', stderr });
  });

  it('gives both no database in common', async () => {
    const running = await start({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/shared' });
    const lines = (await running.ready()).split('\n');
    expect(lines[0]).toMatch(/^start {4}\| DATABASE_URL is not used here: PLATFORM_DATABASE_URL/);
    expect(lines).toContain(`platform | Data: embedded, in ${folder}/platform`);
    expect(lines).toContain(`sample   | Data: embedded, in ${folder}/sample`);
  });
});
