import { LegacyFakeTimers, ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/**
 * An environment for Jest that is the process itself, so that suites share the packages which Node.js has
 * loaded. A suite that mocks a module asks for `@jest-environment node`, where Jest loads everything.
 */
export default class NativeEnvironment {
  global = globalThis;
  restore = restorer();

  constructor({ projectConfig: config }) {
    const global = globalThis;
    const moduleMocker = new ModuleMocker(global);
    this.moduleMocker = moduleMocker;
    const timerConfig = { idToRef: (id) => id, refToId: (ref) => ref };
    this.fakeTimers = new LegacyFakeTimers({ config, global, moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    this.restore();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Returns null, because every suite runs in the main context. */
  getVmContext() {
    return null;
  }
}

/**
 * Returns true for global state that the sources share among all copies of themselves, so that
 * those of the next suite are not a second copy.
 */
const ofSources = (key) => typeof key === 'symbol' && Symbol.keyFor(key)?.startsWith('patronus:');

/** Puts back what a suite, or Jest on its behalf, changes in the process. */
function restorer() {
  const env = { ...process.env };
  const { console } = globalThis;
  const { exit } = process;
  return () => {
    for (const key of Reflect.ownKeys(globalThis).filter(ofSources)) delete globalThis[key];
    globalThis.console = console;
    process.exit = exit;
    for (const name of Object.keys(process.env)) {
      if (!(name in env)) delete process.env[name];
    }
    Object.assign(process.env, env);
  };
}
