import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../apps/auth-server/dist/main.js');
const STANDBY = join(import.meta.dirname, 'standby.hooks.mjs');
const FAULTS = join(import.meta.dirname, 'faults/fault.hooks.mjs');
const KEPT_OUTPUT = 4000;

/** The built server in a process of its own: it waits, is started, and is killed. */
export class ServerProcess {
  #output = '';

  /** @param fault what to break in it; undefined is nothing */
  constructor({ environment, folder, fault }) {
    const hooks = [...(fault === undefined ? [] : ['--import', FAULTS]), '--import', STANDBY];
    this.child = spawn(process.execPath, [...hooks, MAIN], {
      cwd: folder,
      env: { ...environment, ...(fault && { DRILL_FAULT: fault }) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.gone = once(this.child, 'exit');
    const keep = (chunk) => (this.#output = (this.#output + chunk).slice(-KEPT_OUTPUT));
    this.child.stdout.on('data', keep);
    this.child.stderr.on('data', keep);
  }

  /** Until it listens. */
  async start() {
    const listens = new Promise((resolve) => {
      this.child.stdout.on('data', () => {
        if (this.#output.includes('Patronus listens on')) resolve('listens');
      });
    });
    if (this.child.connected) this.child.send('start');
    if ((await Promise.race([this.gone, listens])) !== 'listens') {
      throw new Error(`The server ended before it listened:\n${this.#output}`);
    }
  }

  /** SIGKILL, and until it is gone. @throws where it is gone already */
  async kill() {
    if (!this.child.kill('SIGKILL')) {
      throw new Error(`The server ended by itself:\n${this.#output}`);
    }
    await this.gone;
  }
}
