import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireMapping, requireText, requireTexts } from '../../errors/require-option.js';
import { standardFields, textOf } from '../../identity/claim-mapping.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { mappedBy } from '../../identity/mapped-fields.js';
import { requireSecureUrl } from '../../identity/secure-url.js';
import { NETWORK_OPTIONS, readNetwork } from '../../remote/network.options.js';
import { readCacheOptions } from '../../remote/remote-cache.options.js';
import { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
import { clientAuthentication } from './client-authentication.js';
import { introspect } from './introspect.js';
import type { IntrospectionOptions, SubjectFallback } from './introspection.options.js';
import { judgeIntrospection, subjectIn, type Expectations } from './judge-introspection.js';

const OPTIONS = [
  'url',
  'clientId',
  'clientSecret',
  'clientAuthentication',
  'key',
  'issuer',
  'audience',
  'requireTokenType',
  'subjectFallback',
  'mapClaims',
  'cache',
  ...NETWORK_OPTIONS,
];

const SUBJECT_FALLBACKS: readonly SubjectFallback[] = ['client_id', 'username'];

/**
 * Accepts the tokens, opaque ones included, that an authorization server calls active (OAuth 2.0
 * Token Introspection, RFC 7662). If it gives no answer, or does not accept this application's own
 * credentials, the caller gets 503.
 *
 * An answer is cached for `cache.ttl` seconds, so a token that the server revokes is accepted for
 * at most that time.
 *
 * By default a token without a `sub` identifies its client: the identity is that of the client, and
 * a service. Keep the ids of clients and of users apart at the server if clients choose theirs (RFC
 * 9700, section 4.15).
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * introspection({ url: 'https://id.example.com/oauth2/introspect', clientId: 'clinic', clientSecret })
 */
export function introspection(options: IntrospectionOptions): RemoteIdentityProvider {
  checkMembers('introspection', options, OPTIONS);
  const { clientId, mapClaims } = options;
  const network = readNetwork('introspection', options);
  const url = requireSecureUrl('introspection.url', options.url, network.insecureHosts);
  requireMapping('introspection.mapClaims', mapClaims);
  const proveClient = clientAuthentication(options);
  const expected = readExpectations(options);
  const { issuer } = expected;
  const { origin } = new URL(url);
  const judge = (answer: JsonObject) => judgeIntrospection(answer, expected);
  return new RemoteIdentityProvider({
    name: 'introspection',
    issuers: issuer === undefined ? [] : [issuer],
    issuer: issuer ?? origin,
    remedy: 'Check introspection.url.',
    question: [url, clientId, expected],
    cache: readCacheOptions('introspection.cache', options.cache),
    ask: (token, signal) => introspect({ url, network, proveClient, judge }, token, signal),
    judge,
    identify: (answer) => {
      const subject = subjectIn(answer, expected);
      if (subject === undefined) throw new Error('the answer does not name the caller');
      const { id, isService } = subject;
      return {
        ...standardFields(answer),
        isService,
        ...mappedBy('introspection.mapClaims', mapClaims, answer),
        id,
        issuer: issuer ?? textOf(member(answer, 'iss')) ?? origin,
      };
    },
  });
}

function readExpectations({
  issuer,
  audience,
  requireTokenType,
  subjectFallback,
}: IntrospectionOptions): Expectations {
  return {
    issuer: readText('issuer', issuer, "Give the iss of the server's tokens, or leave it out."),
    audience: readAudience(audience),
    tokenType: readText('requireTokenType', requireTokenType, 'Give a token_type, such as Bearer.'),
    subjectFallback: readFallback(subjectFallback),
  };
}

function readText(name: string, value: unknown, remedy: string): string | undefined {
  return value === undefined ? undefined : requireText(`introspection.${name}`, value, remedy);
}

function readFallback(value: IntrospectionOptions['subjectFallback'] = 'client_id') {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  const known = SUBJECT_FALLBACKS.filter((name) => names.includes(name));
  if (names.length > 0 && known.length === names.length) {
    return known.toSorted((one, other) => names.indexOf(one) - names.indexOf(other));
  }
  throw new PatronusConfigurationError(
    'introspection.subjectFallback',
    'names an unsupported member, or one twice.',
    `Choose from ${SUBJECT_FALLBACKS.join(' and ')}, or give both in order.`,
  );
}

function readAudience(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const remedy =
    "Give the audience of your API, exactly as in the answer's aud, or a list of them.";
  return Array.isArray(value)
    ? requireTexts('introspection.audience', value, remedy)
    : [requireText('introspection.audience', value, remedy)];
}
