import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import istanbul, { type FileCoverage } from 'istanbul-lib-coverage';
import { readRecords } from './executed.js';
import { roomsOf, shortfallsOf } from './rooms.js';
import { Source } from './source.js';

const HOOKS = new URL('../environment/typescript.hooks.mjs', import.meta.url).href;
const PATH = join(import.meta.dirname, '../../libs/patronus/src/identity/deep-freeze.ts');

let records: string;
beforeEach(() => {
  records = mkdtempSync(join(tmpdir(), 'patronus-coverage-'));
});
afterEach(() => rmSync(records, { recursive: true }));

/** Runs a line of code with the functions of the source, in a process of its own. */
async function execute(code: string, signal?: NodeJS.Signals): Promise<unknown> {
  const script = `const { deepFreeze, isPlain } = await import(${JSON.stringify(PATH)}); ${code}`;
  const args = ['--import', HOOKS, '--input-type=module', '--eval', script];
  const env = { ...process.env, PATRONUS_COVERAGE: records };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const end = once(child, 'exit');
  if (signal !== undefined) {
    await once(child.stdout, 'data');
    child.kill(signal);
  }
  return (await end)[signal === undefined ? 0 : 1];
}

async function coverage(): Promise<FileCoverage> {
  const source = Source.compile(PATH);
  const counts = readRecords(records, [[PATH, source.code.length]]).get(PATH);
  const map = istanbul.createCoverageMap(await source.coverageOf(counts ?? new Float64Array()));
  return map.fileCoverageFor(PATH);
}

const executed = ({ f, fnMap }: FileCoverage) =>
  Object.fromEntries(Object.entries(f).map(([key, count]) => [fnMap[key]?.name, count]));

describe('the coverage of a source', () => {
  it('is nothing where no process executes it', async () => {
    const file = await coverage();
    expect(executed(file)).toEqual({ deepFreeze: 0, isPlain: 0 });
    expect(file.toSummary().data.branches).toMatchObject({ total: 11, covered: 0 });
  });

  it('is the sum of all processes', async () => {
    expect(await execute('deepFreeze(Object.freeze({}));')).toBe(0);
    const first = await coverage();
    expect(executed(first)).toEqual({ deepFreeze: 1, isPlain: 0 });
    // The way past the first `if` was never taken.
    expect(Object.values(first.b)[0]).toEqual([1, 0]);
    expect(await execute('deepFreeze([]);')).toBe(0);
    const both = await coverage();
    expect(executed(both)).toEqual({ deepFreeze: 2, isPlain: 0 });
    expect(Object.values(both.b)[0]).toEqual([1, 1]);
  });

  it('counts a process that a signal ends', async () => {
    const code = "isPlain([]); console.log('ready'); setInterval(() => {}, 1000);";
    expect(await execute(code, 'SIGTERM')).toBe('SIGTERM');
    expect(executed(await coverage())).toEqual({ deepFreeze: 0, isPlain: 1 });
  });
});

describe('a room', () => {
  const file = 'libs/patronus/src/identity/deep-freeze.ts';
  const roomOf = async () => roomsOf([[file, await coverage()]], [{ path: 'libs/patronus/src' }]);

  it('falls short where the tests execute too little of it, and says which lines', async () => {
    await execute('isPlain([]);');
    const [room] = await roomOf();
    expect(room?.name).toBe('libs/patronus/src/identity');
    const [headline, ...details] = shortfallsOf(room!);
    expect(headline).toMatch(/^libs\/patronus\/src\/identity: \d+\.\d % of lines \(at least 95 %\), 50\.0 % of/);
    expect(details).toEqual([expect.stringMatching(/deep-freeze\.ts: lines 7 8 9 10 11 20 21; functions 6; branches 7 /)]);
  });

  it('has enough where they execute all of it', async () => {
    await execute(
      'deepFreeze({ a: [1], b: {}, c: null, d: new Date(), e: Object.create(null), f: Object.freeze({}) });',
    );
    const [room] = await roomOf();
    expect(room?.shares).toEqual({ lines: 100, functions: 100, branches: 100 });
    expect(shortfallsOf(room!)).toEqual([]);
  });
});
