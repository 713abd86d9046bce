import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EmbeddedClusterError } from '../../../libs/embedded-database/src/embedded-cluster.error.js';
import { FolderLock } from '../../../libs/embedded-database/src/folder-lock.js';
import { RunningClinic } from './running-clinic.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LONGEST_BUILD = 100_000;
/** Run of Jest: its suites build once between them. */
const TEST_RUN = process.env['PATRONUS_TEST_RUN'];
const BUILT_BY = join(ROOT, 'node_modules/.cache/built-by-test-run');

/** The processes and the data folders of one suite. */
export class RunningClinics {
  private readonly running: RunningClinic[] = [];
  private readonly folders: string[] = [];
  private readonly used: string[] = [];

  /**
   * Builds the workspace, once for each run of Jest. Concurrent suites wait for each other, so that
   * none reads files that another one is writing.
   */
  static async build(): Promise<void> {
    const lock = await lockOn(join(ROOT, 'apps/sample/dist'));
    try {
      if (builtBy() === TEST_RUN) return;
      const tsc = ['node_modules/typescript/bin/tsc', '-b'];
      await promisify(execFile)(process.execPath, tsc, { cwd: ROOT });
      writeFileSync(BUILT_BY, TEST_RUN ?? '');
    } finally {
      lock.release();
    }
  }

  /** By default, the data is in a folder that no other clinic uses at the same time. */
  start(environment: Readonly<Record<string, string>>): RunningClinic {
    const data = environment['PATRONUS_SAMPLE_DATA'] ?? this.unusedFolder();
    const clinic = new RunningClinic({ ...environment, PATRONUS_SAMPLE_DATA: data });
    this.running.push(clinic);
    return clinic;
  }

  /** Creates a folder. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-sample-'));
    this.folders.push(folder);
    return folder;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((clinic) => clinic.stop()));
    this.running.length = 0;
  }

  async clear(): Promise<void> {
    await this.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  private unusedFolder(): string {
    const folder = this.used[this.running.length] ?? this.folder();
    this.used[this.running.length] = folder;
    return folder;
  }
}

function builtBy(): string | undefined {
  return existsSync(BUILT_BY) ? readFileSync(BUILT_BY, 'utf8') : undefined;
}

async function lockOn(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + LONGEST_BUILD;
  for (;;) {
    try {
      return await FolderLock.take(folder, 'PATRONUS_SAMPLE_DATA');
    } catch (error) {
      if (!(error instanceof EmbeddedClusterError) || Date.now() > deadline) throw error;
    }
  }
}
