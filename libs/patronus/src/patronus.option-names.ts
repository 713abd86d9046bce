/** Names of the options that a factory of `forRootAsync` returns. */
export const OPTION_NAMES = [
  'identityProvider',
  'accounts',
  'accountCache',
  'tenancy',
  'permissions',
  'identityCache',
  'credentials',
  'revocations',
  'dpop',
  'transports',
  'explain',
  'coverage',
  'protectedResource',
];

/** Names of the options that Nest reads before a factory runs. */
export const GUARD_OPTION_NAMES = ['guards', 'imports'];
