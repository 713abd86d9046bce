/**
 * Who may import whom: the arrows of the design, each as an error.
 *
 * `src` below is the library's source. A room is a folder in it; a spec is a `*.spec.ts` beside its
 * source, and may use `testing` and `test/fixtures`.
 */
const src = '^libs/[^/]+/src/';
const spec = String.raw`\.spec\.ts$`;
/** The rooms of each package, from the ground up. Imports go down only. */
const houses = {
  library: {
    path: '^libs/patronus/src/',
    // A test of the guards puts rooms together that know nothing of each other.
    except: spec,
    storeys: [
      ['errors'],
      ['identity'],
      ['transport', 'revocation', 'remote', 'accounts'],
      ['authorization'],
      // Explains rules. What authorization/ needs of it is DecisionLog.
      ['observability', 'protected-resource', 'casl'],
      ['tenancy'],
      // The rooms below know who the caller is (identity/), not how that was found out. What the
      // databases share is in tenancy/row-level-security/.
      ['authentication', 'postgres', 'drizzle', 'kysely', 'typeorm', 'prisma'],
      // testing/ works for every provider, so it knows none.
      ['coverage', 'providers', 'mounted', 'redis', 'opentelemetry', 'testing'],
      ['graphql', 'websockets', 'microservices', 'swagger', 'terminus', 'pino'],
      ['command'],
      ['schematics'],
    ],
  },
  platform: {
    path: '^apps/auth-server/src/',
    storeys: [
      ['operation'],
      ['events'],
      ['accounts', 'notifications'],
      ['credentials'],
      ['sessions', 'access', 'memberships'],
      ['risk'],
      ['sign-in'],
      ['profiles', 'organisations'],
      ['oauth'],
      ['console'],
    ],
  },
  sample: {
    path: '^apps/sample/src/',
    storeys: [
      ['settings', 'account', 'security-log'],
      ['storage', 'page'],
      ['members', 'audit', 'patients', 'demo'],
      ['access', 'appointments', 'staff', 'sign-in'],
    ],
  },
};
const platform = houses.platform.path;
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
      comment: 'Production code imports no test, benchmark or script.',
      severity: 'error',
      from: { path: '^(?:libs|apps)/', pathNot: spec },
      to: { path: '^(?:test|bench|scripts)/' },
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
      name: 'transport-knows-no-guard',
      comment: 'transport/ says where calls come from; who decides on them is above it.',
      severity: 'error',
      from: { path: `${src}transport/`, pathNot: spec },
      to: { path: src, pathNot: `${src}(?:transport|identity|errors)/` },
    },
    {
      name: 'production-never-imports-testing',
      comment: 'What is in testing/ mints tokens. Only specs and test/ may import it.',
      severity: 'error',
      from: { path: '^(?:libs|apps)/', pathNot: [spec, `${src}testing/`] },
      to: { path: '^libs/[^/]+/(?:src|dist)/testing/' },
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
    ...Object.entries(houses).flatMap(([house, { path, storeys, except = '^$' }]) => [
      ...storeys.map((rooms, index) => ({
        name: `${house}-storey-${index}`,
        comment:
          'Imports go down. Two rooms never import each other, and rooms of one storey never meet.',
        severity: 'error',
        from: { path: `${path}(${rooms.join('|')})/`, pathNot: except },
        to: {
          path: `${path}(?:${storeys.slice(index).flat().join('|')})/`,
          pathNot: `${path}$1/`,
        },
      })),
      {
        name: `${house}-rooms-are-known`,
        comment: 'A folder has a storey: add it to the list at the top.',
        severity: 'error',
        from: { path: `${path}(?!(?:${storeys.flat().join('|')})/)[^/]+/` },
        to: {},
      },
    ]),
    {
      name: 'tables-belong-to-their-room',
      comment:
        'What another room needs is a method of the service beside the table. Another table may refer to it by a foreign key.',
      severity: 'error',
      from: { path: `(${platform}.*/)[^/]+$`, pathNot: String.raw`\.(?:table|spec)\.ts$` },
      to: { path: String.raw`\.table\.ts$`, pathNot: '^$1[^/]+$' },
    },
    {
      name: 'only-the-application-imports-its-rooms',
      comment:
        'app.module.ts puts the rooms together; no room imports what stands above all of them.',
      severity: 'error',
      from: { path: `${platform}[^/]+/` },
      to: { path: `${platform}[^/]+\\.ts$` },
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
      from: { path: '^(?:libs|apps|test|bench|scripts)/' },
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
        path: '^(?:libs|apps|test|bench|scripts)/',
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
