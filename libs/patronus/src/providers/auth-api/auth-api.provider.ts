import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireMapping, requireText } from '../../errors/require-option.js';
import { mappedBy } from '../../identity/mapped-fields.js';
import { requireSecureUrl } from '../../identity/secure-url.js';
import { NETWORK_OPTIONS, readNetwork } from '../../remote/network.options.js';
import { readCacheOptions } from '../../remote/remote-cache.options.js';
import { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
import { askAuthApi } from './ask-auth-api.js';
import { answerFields, judgeAnswer, requireSubject } from './auth-api-answer.js';
import type { AuthApiOptions, RoleAuthority } from './auth-api.options.js';

const OPTIONS = [
  'url',
  'path',
  'issuer',
  'roleAuthority',
  'mapClaims',
  'cache',
  ...NETWORK_OPTIONS,
];

/**
 * Accepts the tokens of a remote Auth API. It sends `GET /api/me/` with the caller's own
 * `Authorization` header, and expects `{ id, email, role, … }`. 401 there is 401 here. If it gives
 * no answer, the caller gets 503.
 *
 * An answer is cached for `cache.ttl` seconds, so a token that the Auth API revokes is accepted for
 * at most that time.
 *
 * `roles` and `role` of an answer count inside the caller's tenant, `platform_roles` over the
 * platform. If `role` is a platform role as well, set `roleAuthority: 'platform'`.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * authApi({ url: 'https://auth.example.com', mapClaims: (me) => ({ tenantId: String(me['empresa_id']) }) })
 */
export function authApi(options: AuthApiOptions): RemoteIdentityProvider {
  checkMembers('authApi', options, OPTIONS);
  const { issuer, mapClaims, cache } = options;
  const { dispatcher, insecureHosts } = readNetwork('authApi', options);
  const url = addressOf(options, insecureHosts);
  const roleAuthority = requireRoleAuthority(options.roleAuthority);
  requireMapping('authApi.mapClaims', mapClaims);
  if (issuer !== undefined) {
    requireText(
      'authApi.issuer',
      issuer,
      "Give the iss of the Auth API's tokens, or leave it out.",
    );
  }
  const vouches = issuer ?? new URL(url).origin;
  return new RemoteIdentityProvider({
    name: 'auth-api',
    issuers: issuer === undefined ? [] : [issuer],
    issuer: vouches,
    remedy: 'Check authApi.url and authApi.path.',
    question: [url],
    cache: readCacheOptions('authApi.cache', cache),
    ask: (token, signal) => askAuthApi(url, token, dispatcher, signal),
    judge: judgeAnswer,
    identify: (answer) => ({
      ...answerFields(answer, roleAuthority),
      ...mappedBy('authApi.mapClaims', mapClaims, answer),
      id: requireSubject(answer).id,
      issuer: vouches,
    }),
  });
}

function requireRoleAuthority(value: unknown = 'tenant'): RoleAuthority {
  if (value === 'tenant' || value === 'platform') return value;
  throw new PatronusConfigurationError(
    'authApi.roleAuthority',
    'is neither tenant nor platform.',
    "Write one of them, or leave it out: then role counts inside the caller's tenant.",
  );
}

function addressOf(
  { url, path = '/api/me/' }: AuthApiOptions,
  insecureHosts: readonly string[],
): string {
  const base = requireSecureUrl('authApi.url', url, insecureHosts);
  if (new URL(base).search !== '') {
    throw new PatronusConfigurationError(
      'authApi.url',
      'has a query.',
      'Put it into authApi.path.',
    );
  }
  requireText('authApi.path', path, 'Give a path such as /api/me/.');
  if (/^\/(?![/\\])[^#]*$/.test(path)) return base.replace(/\/$/, '') + path;
  throw new PatronusConfigurationError(
    'authApi.path',
    'is not a path below the URL.',
    'Start it with a single slash: /api/me/.',
  );
}
