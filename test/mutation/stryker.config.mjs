// Read by run.mjs, which adds the files to mutate. Stryker mutates a copy of the tree in
// .stryker-tmp/, never the tree itself.
import { availableParallelism } from 'node:os';

// Every mutant runs all suites that reach it, so there are two rounds: first the specs beside the
// source; then, for what these did not notice, the guards in whole applications as well. The suites
// of the sample are in neither: they take long, and partly run what was built before.
const whole = process.env.MUTANTS_ROUND === 'whole';

export default {
  plugins: ['@stryker-mutator/jest-runner', import.meta.resolve('./sentences.ignorer.mjs')],
  ignorers: ['sentences'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.mjs',
    enableFindRelatedTests: true,
    config: {
      roots: whole
        ? ['<rootDir>/libs', '<rootDir>/test/fixtures', '<rootDir>/test/core']
        : ['<rootDir>/libs', '<rootDir>/test/fixtures'],
      // Stryker counts what a test reaches in Jest's own environment.
      testEnvironment: 'node',
      testRunner: 'jest-circus/runner',
      // Suites that ask for Jest's own environment report no coverage per test.
      testPathIgnorePatterns: [
        '/node_modules/',
        '/dist/',
        'graphql/connection-watch\\.spec',
        'revocation/revocation-index\\.spec',
        'websockets/connections\\.spec',
      ],
    },
  },
  coverageAnalysis: 'perTest',
  // ES modules stay in memory once they are loaded: restart before that matters.
  maxTestRunnerReuse: whole ? 25 : 200,
  // A run that is merely slow must not pass for one that the mutant hung.
  timeoutMS: 30_000,
  concurrency: availableParallelism(),
  // A folder for each run: two at once must not clear each other's away.
  tempDirName: process.env.MUTANTS_COPY ?? '.stryker-tmp',
  ignorePatterns: ['.stryker-tmp'],
  cleanTempDir: 'always',
  allowEmpty: true,
  reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'json'],
  jsonReporter: { fileName: process.env.MUTANTS_REPORT ?? 'reports/mutants.json' },
  logLevel: 'warn',
  warnings: { slow: false },
  thresholds: { break: null },
};
