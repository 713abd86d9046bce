import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunningClinic } from '../support/running-clinic.js';
import { RunningClinics } from '../support/running-clinics.js';

/** A start takes a second, and many times that on a busy machine. */
jest.setTimeout(30_000);

const clinics = new RunningClinics();

function startIn(folder: string): RunningClinic {
  return clinics.start({ PORT: '0', PATRONUS_SAMPLE_DATA: folder });
}

function locksIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.lock'));
}

async function tokenOf(user: string, url: string): Promise<string> {
  const response = await fetch(`${url}/demo/tokens`);
  const tokens: { user: string; token: string }[] = JSON.parse(await response.text());
  return tokens.find((one) => one.user === user)?.token ?? '';
}

async function patients(url: string, init: RequestInit = {}): Promise<string> {
  const headers = {
    Authorization: `Bearer ${await tokenOf('doctor', url)}`,
    'Content-Type': 'application/json',
  };
  return (await fetch(`${url}/patients`, { ...init, headers })).text();
}

function addPatient(url: string, name: string): Promise<string> {
  return patients(url, { method: 'POST', body: JSON.stringify({ name, born: '1990-01-01' }) });
}

describe('the data folder', () => {
  beforeAll(() => RunningClinics.build(), 120_000);

  afterEach(() => clinics.stop());

  afterAll(() => clinics.clear());

  it('is made where it is missing, named at start, free at the end, and holds what was added', async () => {
    const folder = join(clinics.folder(), 'not', 'yet');
    const first = startIn(folder);
    expect(await first.welcome()).toContain(`\nData: embedded, in ${folder}\n`);
    await addPatient(await first.url(), 'Mateo Gil');
    expect(locksIn(folder)).toHaveLength(1);
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' });
    expect(locksIn(folder)).toEqual([]);
    const again = await startIn(folder).url();
    const names = (await patients(again)).match(/Mateo Gil|Ana Ruiz/g);
    expect(names).toEqual(['Ana Ruiz', 'Mateo Gil']);
  });

  it('is refused to a second process, in one line that names the first one', async () => {
    const folder = clinics.folder();
    const first = startIn(folder);
    const url = await first.url();
    expect(await startIn(folder).ended()).toEqual({
      code: 1,
      stdout: '',
      stderr: `The data folder ${folder} is in use by process ${first.pid}: stop that process, or choose another folder with PATRONUS_SAMPLE_DATA.\n`,
    });
    expect(locksIn(folder)).toEqual([expect.stringContaining(`.${first.pid}.`)]);
    expect(await addPatient(url, 'Mateo Gil')).toContain('Mateo Gil');
  });

  it('is had by at most one of several that start at once', async () => {
    const folder = clinics.folder();
    const all = [1, 2, 3].map(() => startIn(folder));
    const outcomes = await Promise.allSettled(all.map((clinic) => clinic.url()));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const outcome of refused) {
      expect(String(outcome.status === 'rejected' && outcome.reason)).toContain('is in use by');
    }
    expect(locksIn(folder)).toHaveLength(1);
  });

  it('is taken over, with its data, from a process that was killed', async () => {
    const folder = clinics.folder();
    const killed = startIn(folder);
    await addPatient(await killed.url(), 'Mateo Gil');
    await killed.stop('SIGKILL');
    expect(locksIn(folder)).toEqual([expect.stringContaining(`.${killed.pid}.`)]);
    const next = startIn(folder);
    expect(await patients(await next.url())).toContain('Mateo Gil');
    expect(locksIn(folder)).toEqual([expect.stringContaining(`.${next.pid}.`)]);
  });

  it('is made again where a process was killed while it made it', async () => {
    const folder = clinics.folder();
    mkdirSync(join(folder, 'cluster', 'base'), { recursive: true });
    writeFileSync(join(folder, 'cluster', 'PG_VERSION'), '18\n');
    expect(await patients(await startIn(folder).url())).toContain('Ana Ruiz');
  });

  it('survives processes that are killed while they start', async () => {
    const folder = clinics.folder();
    const cluster = join(folder, 'cluster');
    for (const made of ['PG_VERSION', 'patronus-sample.complete']) {
      const killed = startIn(folder);
      while (!existsSync(join(cluster, made))) await new Promise(setImmediate);
      await killed.stop('SIGKILL');
    }
    expect(await patients(await startIn(folder).url())).toContain('Ana Ruiz');
  });

  it('that cannot be read is named, with the remedy', async () => {
    const folder = clinics.folder();
    await startIn(folder).url();
    await clinics.stop();
    rmSync(join(folder, 'cluster', 'global'), { recursive: true });
    const { code, stderr } = await startIn(folder).ended();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The data in ${join(folder, 'cluster')} cannot be read. Remove that folder to start over, or choose another one with PATRONUS_SAMPLE_DATA.\n`,
    );
    expect(locksIn(folder)).toEqual([]);
  });

  it('that cannot be made is named', async () => {
    const file = join(clinics.folder(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await startIn(join(file, 'data')).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^PATRONUS_SAMPLE_DATA: \S+\/file\/data cannot be made: ENOTDIR.*\n$/);
  });
});
