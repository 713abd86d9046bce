const PLATFORM = 'contenders/platform.mjs';
const PEER = '../peers/platform/better-auth.mjs';

/** What everybody else is a share of. */
export const BARE = 'oidc-provider, in memory';
export const SHARED = 'Patronus, PostgreSQL + Redis';

/** Who is measured, and where each keeps what it must not forget. */
export const CONTENDERS = [
  { name: SHARED, module: PLATFORM, storage: 'postgres' },
  { name: 'Patronus, embedded', module: PLATFORM, storage: 'embedded' },
  { name: BARE, module: 'contenders/oidc-provider.mjs', storage: 'none' },
  { name: 'better-auth, PostgreSQL', module: PEER, storage: 'postgres' },
  { name: 'better-auth, SQLite in memory', module: PEER, storage: 'none' },
];
