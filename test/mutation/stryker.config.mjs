// Read by run.mjs, which adds the files to mutate. Stryker mutates a copy of the tree in
// .stryker-tmp/, never the tree itself.
import { availableParallelism } from 'node:os';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/jest-runner', import.meta.resolve('./sentences.ignorer.mjs')],
  ignorers: ['sentences'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.mjs',
    enableFindRelatedTests: true,
    // The guards' own suites have to notice by themselves: not those of the sample, which take long
    // and partly run what was built before.
    config: {
      roots: ['<rootDir>/libs', '<rootDir>/test/core'],
      testSequencer: '<rootDir>/test/mutation/unit-first.sequencer.mjs',
    },
  },
  coverageAnalysis: 'perTest',
  // ES modules stay in memory once they are loaded: begin anew before that matters.
  maxTestRunnerReuse: 200,
  concurrency: availableParallelism(),
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  allowEmpty: true,
  reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'reports/mutants.json' },
  logLevel: 'warn',
  warnings: { slow: false },
  thresholds: { break: null },
};
