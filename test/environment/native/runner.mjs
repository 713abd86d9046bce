import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import circus from 'jest-circus/runner';
import { startRecording } from '../../coverage/recording.mjs';
import NativeEnvironment from './environment.mjs';
import { importSuite } from './modules.mjs';

const require = createRequire(import.meta.url);
const CIRCUS = join(dirname(require.resolve('jest-circus/runner')), 'jestAdapterInit.js');
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const writeRecord = startRecording();

/**
 * A test framework for Jest (`testRunner`): jest-circus, with modules that Node.js loads itself. Jest's
 * own loader links every package again for every suite, which takes longer than most suites run.
 */
export default async function runSuite(globalConfig, config, environment, ...others) {
  const run = environment instanceof NativeEnvironment ? runNatively : circus.default;
  try {
    return await run(globalConfig, config, environment, ...others);
  } finally {
    writeRecord?.();
  }
}

async function runNatively(globalConfig, config, environment, runtime, path, send) {
  const { initialize, runAndTransformResultsToJestFormat } = freshCircus();
  let globals;
  const { snapshotState } = await initialize({
    config,
    environment,
    globalConfig,
    localRequire: require,
    parentProcess: process,
    runtime,
    sendMessageToJest: send,
    setGlobalsForRuntime: (all) => (globals = all),
    testPath: path,
  });
  const jest = runtime.jestGlobals.jestObjectFor(path);
  const { moduleNameMapper } = config;
  const now = Date.now();
  await importSuite(path, { runtime, moduleNameMapper, globals: { ...globals, jest } });
  const results = await runAndTransformResultsToJestFormat({
    config,
    globalConfig,
    setupAfterEnvPerfStats: { setupAfterEnvStart: now, setupAfterEnvEnd: now },
    testPath: path,
  });
  snapshotState.save();
  return results;
}

/** Loads jest-circus without the tests and the event handlers of an earlier suite. */
function freshCircus() {
  delete globalThis[EVENT_HANDLERS];
  delete require.cache[CIRCUS];
  return require(CIRCUS);
}
