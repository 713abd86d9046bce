/**
 * Who may import whom: the arrows of the design, each as an error.
 *
 * `src` below is the library's source. A room is a folder in it; a spec is a `*.spec.ts` beside its
 * source, or the `*.fixture.ts` that several of them share, and may use `testing`.
 */
const src = '^libs/[^/]+/src/';
const spec = String.raw`\.(?:spec|fixture)\.ts$`;
const platform = '^apps/auth-server/src/';
const coreRooms =
  'identity|authentication|authorization|tenancy|errors|observability|revocation|remote|transport|protected-resource|coverage';
const core = `${src}(?:(?:${coreRooms})/|patronus\\.module\\.ts$|patronus\\.options\\.ts$|index\\.ts$)`;
const databases = 'postgres|drizzle|kysely|typeorm|prisma';
const bridges = 'graphql|websockets|microservices|swagger|terminus|opentelemetry|pino';
const publicEntries = `^libs/[^/]+/(?:src|dist)/(?:index|testing/(?:jest|vitest)|(?:testing|casl|redis|${databases}|${bridges}|providers/[^/]+)/index|build|command/main|schematics/nest-add)\\.(?:ts|d\\.ts|js)$`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'apps-use-public-entries',
      comment:
        'An app imports a library by an entry of its package.json "exports", by nothing else.',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^libs/', pathNot: publicEntries },
    },
    {
      name: 'apps-use-package-names',
      comment: 'An app imports a library by its name (@patronus/nestjs), never by a relative path.',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^libs/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'libs-never-import-apps',
      comment: 'A library knows nothing of the applications that use it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'production-never-imports-tests',
      comment: 'test/ and bench/ are for nobody but themselves.',
      severity: 'error',
      from: { path: '^(?:libs|apps)/', pathNot: spec },
      to: { path: '^(?:test|bench)/' },
    },
    {
      name: 'core-never-imports-providers',
      comment: 'The main entry names no provider: pass what is needed through IdentityProvider.',
      severity: 'error',
      from: { path: core },
      to: { path: `${src}providers/` },
    },
    {
      name: 'core-never-imports-databases',
      comment:
        'What an entry of one database library needs, only who uses that entry has installed.',
      severity: 'error',
      from: { path: core },
      to: { path: `${src}(?:${databases})/` },
    },
    {
      name: 'core-never-imports-bridges',
      comment: 'What an entry for one other package needs, only who uses that entry has installed.',
      severity: 'error',
      from: { path: core },
      to: { path: `${src}(?:${bridges})/` },
    },
    {
      name: 'bridges-never-import-each-other',
      comment: 'Each is an entry of its own, and loads no other optional package.',
      severity: 'error',
      from: { path: `${src}(${bridges})/`, pathNot: spec },
      to: { path: `${src}(?:${bridges}|${databases}|providers|testing)/`, pathNot: `${src}$1/` },
    },
    {
      name: 'nobody-imports-the-command',
      comment: 'command/ and schematics/ are programs: what an application loads never needs them.',
      severity: 'error',
      from: { path: src, pathNot: `${src}(?:command|schematics)/` },
      to: { path: `${src}(?:command|schematics)/` },
    },
    {
      name: 'command-imports-core-and-jwt',
      comment:
        'The doctor asks providers/jwt, so that it agrees with the guard; it knows no other provider.',
      severity: 'error',
      from: { path: `${src}(?:command|schematics)/`, pathNot: spec },
      to: {
        path: `${src}(?:(?:${databases}|${bridges}|casl|redis|testing)/|providers/(?!jwt/))`,
      },
    },
    {
      name: 'authorization-knows-no-observer',
      comment:
        'observability/ explains rules, so it imports authorization/, which knows it as DecisionLog.',
      severity: 'error',
      from: { path: `${src}authorization/`, pathNot: spec },
      to: { path: `${src}observability/` },
    },
    {
      name: 'transport-knows-no-guard',
      comment: 'transport/ says where calls come from; who decides on them is above it.',
      severity: 'error',
      from: { path: `${src}transport/`, pathNot: spec },
      to: { path: src, pathNot: `${src}(?:transport|identity|errors)/` },
    },
    {
      name: 'databases-never-import-each-other',
      comment: 'What they share is in tenancy/row-level-security/.',
      severity: 'error',
      from: { path: `${src}(${databases})/`, pathNot: spec },
      to: { path: `${src}(?:${databases}|providers|testing)/`, pathNot: `${src}$1/` },
    },
    {
      name: 'production-never-imports-testing',
      comment: 'What is in testing/ mints tokens. Only specs and test/ may import it.',
      severity: 'error',
      from: { path: '^(?:libs|apps)/', pathNot: [spec, `${src}testing/`] },
      to: { path: '^libs/[^/]+/(?:src|dist)/testing/' },
    },
    {
      name: 'testing-never-imports-providers',
      comment: 'testing/ works for every provider, so it knows none.',
      severity: 'error',
      from: { path: `${src}testing/`, pathNot: spec },
      to: { path: `${src}providers/` },
    },
    {
      name: 'providers-never-import-each-other',
      comment: 'Two providers that share something share it through a core room.',
      severity: 'error',
      from: { path: `${src}providers/([^/]+)/` },
      to: { path: `${src}providers/`, pathNot: `${src}providers/$1/` },
    },
    {
      name: 'identity-is-the-ground-floor',
      comment: 'identity/ imports no other room but errors/.',
      severity: 'error',
      from: { path: `${src}identity/` },
      to: { path: src, pathNot: `${src}(?:identity|errors)/` },
    },
    {
      name: 'errors-are-the-ground-floor',
      comment: 'errors/ imports no other room.',
      severity: 'error',
      from: { path: `${src}errors/` },
      to: { path: src, pathNot: `${src}errors/` },
    },
    {
      name: 'authorization-and-tenancy-never-import-authentication',
      comment: 'They need to know who the caller is (identity/), not how that was found out.',
      severity: 'error',
      from: { path: `${src}(?:authorization|tenancy)/` },
      to: { path: `${src}authentication/` },
    },
    {
      name: 'platform-ground-floor',
      comment: 'What every room of the platform stands on knows none of them.',
      severity: 'error',
      from: {
        path: `${platform}(?:clock|settings|sealing|errors|database|passwords|pages|mail|limits)/`,
      },
      to: { path: `${platform}(?:accounts|login|sessions|keys|tokens|oauth)/` },
    },
    {
      name: 'platform-oauth-is-on-top',
      comment: 'Accounts, sessions and keys work without OAuth.',
      severity: 'error',
      from: { path: `${platform}(?:accounts|login|sessions|keys|tokens)/` },
      to: { path: `${platform}oauth/` },
    },
    {
      name: 'no-circles',
      comment: 'Two modules that import each other, types included, are one module or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-imports-of-nest',
      comment: 'The root of a @nestjs package is its public surface; what is beneath may move.',
      severity: 'error',
      from: { path: '^(?:libs|apps|test|bench)/' },
      to: {
        path: 'node_modules/@nestjs/',
        pathNot: String.raw`node_modules/@nestjs/[^/]+/(?:dist/)?index\.(?:d\.ts|js)$`,
      },
    },
    {
      name: 'libs-use-declared-dependencies',
      comment:
        'Library code imports what the package.json of the library lists under dependencies or ' +
        'peerDependencies; anything else is missing where the package is installed.',
      severity: 'error',
      from: { path: src, pathNot: spec },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-bundled', 'undetermined'],
        // What peerDependenciesMeta calls optional counts as npm-no-pkg, too.
        dependencyTypesNot: ['npm-peer'],
      },
    },
    {
      name: 'everything-resolves',
      comment:
        'An import that leads nowhere, or to a path that a package does not export. Not in packages of their own, which a fresh clone has not installed.',
      severity: 'error',
      from: {
        path: '^(?:libs|apps|test|bench)/',
        pathNot: '^(?:test/mutation|test/interop|test/prisma|test/vitest|test/package|bench/peers)',
      },
      // Vitest is installed in test/vitest alone, where the entry for it is tested.
      to: { couldNotResolve: true, pathNot: '^vitest$' },
    },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and that nothing imports.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(?:libs|apps)/',
        pathNot: [
          publicEntries,
          spec,
          String.raw`^apps/[^/]+/src/main\.ts$`,
          String.raw`\.d\.ts$`,
          '^apps/[^/]+/public/',
        ],
      },
      to: {},
    },
    {
      name: 'no-dead-library-code',
      comment: 'Library code that no public entry leads to.',
      severity: 'error',
      from: { path: publicEntries },
      to: { path: src, pathNot: [publicEntries, spec, String.raw`\.d\.ts$`], reachable: false },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: [
        '^(?:libs|apps)/[^/]+/dist/',
        '^test/(?:mutation|interop|prisma|vitest|package)/node_modules/',
        '^test/prisma/generated/',
      ],
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['types', 'typings', 'main'],
    },
  },
};
