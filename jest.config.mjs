/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/environment/native/environment.mjs',
  testRunner: '<rootDir>/test/environment/native/runner.mjs',
  // Most of the time is spent waiting for processes, sockets and databases.
  maxWorkers: '100%',
  // Modules outlive their suite: a worker that holds too many spends its time on collecting them.
  workerIdleMemoryLimit: '1GB',
  // A first start of an embedded database takes seconds on a busy machine.
  testTimeout: 60_000,
  globalSetup: '<rootDir>/test/environment/services.ts',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@patronus/embedded-database$': '<rootDir>/libs/embedded-database/src/index.ts',
    '^@patronus/nestjs$': '<rootDir>/libs/patronus/src/index.ts',
    '^@patronus/nestjs/testing/(jest|vitest)$': '<rootDir>/libs/patronus/src/testing/$1.ts',
    '^@patronus/nestjs/testing$': '<rootDir>/libs/patronus/src/testing/index.ts',
    '^@patronus/nestjs/casl$': '<rootDir>/libs/patronus/src/casl/index.ts',
    '^@patronus/nestjs/redis$': '<rootDir>/libs/patronus/src/redis/index.ts',
    '^@patronus/nestjs/(postgres|drizzle|kysely|typeorm|prisma)$':
      '<rootDir>/libs/patronus/src/$1/index.ts',
    '^@patronus/nestjs/(graphql|websockets|microservices|swagger|terminus|opentelemetry|pino)$':
      '<rootDir>/libs/patronus/src/$1/index.ts',
    '^@patronus/nestjs/(.+)$': '<rootDir>/libs/patronus/src/providers/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
