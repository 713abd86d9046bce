import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import circus from 'jest-circus/runner';
import { collectChildCoverage } from './child-coverage.mjs';
import NativeEnvironment from './environment.mjs';
import { importSuite } from './modules.mjs';

const require = createRequire(import.meta.url);
const CIRCUS = join(dirname(require.resolve('jest-circus/runner')), 'jestAdapterInit.js');
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');

/**
 * A test framework for Jest (`testRunner`): jest-circus, with modules that Node.js loads itself. Jest's
 * own loader links every package again for every suite, which takes longer than most suites run.
 */
export default async function runSuite(globalConfig, config, environment, runtime, path, send) {
  if (!(environment instanceof NativeEnvironment)) {
    return circus.default(globalConfig, config, environment, runtime, path, send);
  }
  const endCoverage = globalConfig.collectCoverage && collectChildCoverage(config, runtime);
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
  if (endCoverage) endCoverage();
  return results;
}

/** Loads jest-circus without the tests and the event handlers of an earlier suite. */
function freshCircus() {
  delete globalThis[EVENT_HANDLERS];
  delete require.cache[CIRCUS];
  return require(CIRCUS);
}
