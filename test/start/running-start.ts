import { spawnSync } from 'node:child_process';
import { freePort } from '../environment/free-port.mjs';
import { RunningProgram } from '../environment/running-program.js';

const DEADLINE = 60_000;
const START = 'scripts/start.mjs';

export interface StartOptions {
  /** True to start it with npm, without the build. */
  readonly byNpm?: boolean;
  /** The version that Node.js calls itself. */
  readonly pretending?: string;
}

/** `npm start`: the platform and the sample, on their own ports. Without npm by default. */
export class RunningStart extends RunningProgram {
  private constructor(
    readonly platformUrl: string,
    readonly sampleUrl: string,
    environment: Readonly<Record<string, string>>,
    { byNpm = false, pretending }: StartOptions,
  ) {
    if (byNpm) super(environment, ['run', '--ignore-scripts', '--silent', 'start'], 'npm');
    else super(environment, [...(pretending === undefined ? [] : oldNode(pretending)), START]);
  }

  static async on(
    folder: string,
    more: Readonly<Record<string, string>> = {},
    way: StartOptions = {},
  ): Promise<RunningStart> {
    const [platform, sample] = [await freePort(), await freePort()];
    const environment = {
      NO_COLOR: '1',
      PLATFORM_PORT: String(platform),
      SAMPLE_PORT: String(sample),
      PATRONUS_SERVER_DATA: `${folder}/platform`,
      PATRONUS_SAMPLE_DATA: `${folder}/sample`,
      // Fast enough for tests.
      HASH_MEMORY: '64',
      HASH_TIME: '1',
      ...more,
    };
    const urls = [`http://localhost:${platform}`, `http://localhost:${sample}`] as const;
    return new RunningStart(...urls, environment, way);
  }

  /** Returns its output, once it prints that both are running. */
  ready(): Promise<string> {
    return this.says(/Ctrl\+C/);
  }

  /** The ids of the two applications, in the order in which they were started. */
  applications(): number[] {
    return childrenOf(this.pid);
  }

  /** The ids of all processes below this one. */
  descendants(): number[] {
    const found = childrenOf(this.pid);
    for (const pid of found) found.push(...childrenOf(pid));
    return found;
  }
}

function childrenOf(pid: number | undefined): number[] {
  const { stdout: listed } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  return listed
    .toString()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number)
    .toSorted((one, other) => one - other);
}

/** The arguments with which Node.js calls itself an older version, and lacks a function of version 22. */
function oldNode(version: string): string[] {
  const changed = `{ ...process.versions, node: '${version}' }`;
  const script =
    `Object.defineProperty(process, 'versions', { value: ${changed} });` +
    'delete Promise.withResolvers;';
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}

/** Resolves once all of these processes have ended. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) throw new Error(`still there: ${pids.filter(isAlive).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
