import { z } from 'zod';
import { isUuid } from '../../operation/database/database.js';
import { isStorable } from '../../operation/database/storable-text.js';
import { PLATFORM_CLIENT_ID } from '../../sessions/keys/signing-key.js';

const HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Tells if the `hostname` of a URL is a loopback address (RFC 8252, section 7.3). */
export function isLoopbackHost(hostname: string): boolean {
  return HOSTS.has(hostname);
}

/** RFC 3986, section 2, without `#`. Browsers and servers read these characters alike. */
const URI = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/** A reverse domain name such as `com.example.app` (RFC 8252, section 7.1). */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** Tells if an address is `https`, or `http` on a loopback address. */
export function isWebAddress(text: string): boolean {
  if (!URI.test(text) || !/^https?:\/\//.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

/**
 * Finds the fault of a redirect URI. Undefined if it is allowed: RFC 6749, section 3.1.2, and RFC 8252,
 * section 7.
 */
export function faultOfRedirectUri(
  uri: string,
  applicationType: 'web' | 'native' | undefined,
): string | undefined {
  if (uri.includes('#')) return 'must have no fragment.';
  if (uri.includes('*')) return 'must have no *: redirect URIs are compared exactly.';
  if (isWebAddress(uri)) {
    const { protocol, hostname } = new URL(uri);
    const isClaimed = protocol === 'https:' && isLoopbackHost(hostname);
    return isClaimed && applicationType === 'native'
      ? 'must be http on a loopback address, because the application is native.'
      : undefined;
  }
  if (!URI.test(uri) || !PRIVATE_USE.test(uri) || !URL.canParse(uri)) {
    return 'must be https, http on a loopback address, or a private-use scheme with a dot.';
  }
  return applicationType === 'native'
    ? undefined
    : 'must be https or http: a private-use scheme requires application_type native.';
}

/** The members of client metadata that depend on one another. */
interface Metadata {
  readonly application_type?: 'web' | 'native' | undefined;
  readonly redirect_uris: readonly string[];
  readonly post_logout_redirect_uris?: readonly string[] | undefined;
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly token_endpoint_auth_signing_alg?: string | undefined;
  readonly require_pkce?: boolean | undefined;
  readonly jwks?: unknown;
  readonly jwks_uri?: string | undefined;
}

/** Checks the rules between members. */
function checkTogether(metadata: Metadata, context: z.RefinementCtx): void {
  const fault = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  checkTexts(metadata, fault);
  checkRedirectUris(metadata, fault);
  checkGrants(metadata, fault);
  checkKeys(metadata, fault);
}

type Fault = (path: (string | number)[], message: string) => void;

function checkTexts(metadata: Metadata, fault: Fault): void {
  for (const [member, value] of Object.entries(metadata)) {
    if (!isStorable(value)) fault([member], 'must have no NUL and no half of a surrogate pair.');
  }
}

function checkRedirectUris(metadata: Metadata, fault: Fault): void {
  for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of (metadata[member] ?? []).entries()) {
      const found = faultOfRedirectUri(uri, metadata.application_type);
      if (found !== undefined) fault([member, index], found);
    }
  }
}

function checkGrants(metadata: Metadata, fault: Fault): void {
  const { grant_types: grants, response_types: responses } = metadata;
  const usesCode = grants.includes('authorization_code');
  if (usesCode !== responses.includes('code')) {
    fault(['response_types'], 'must be ["code"] with authorization_code, and [] without it.');
  }
  if (usesCode && metadata.redirect_uris.length === 0) {
    fault(['redirect_uris'], 'must not be empty: authorization_code requires one.');
  }
  if (metadata.require_pkce === false && metadata.token_endpoint_auth_method === 'none') {
    fault(['require_pkce'], 'must not be false: a client without authentication requires PKCE.');
  }
  if (grants.includes('client_credentials') && metadata.token_endpoint_auth_method === 'none') {
    fault(
      ['token_endpoint_auth_method'],
      'must not be none: client_credentials requires client authentication.',
    );
  }
}

function checkKeys(metadata: Metadata, fault: Fault): void {
  const { jwks, jwks_uri: address, token_endpoint_auth_method: method } = metadata;
  if (jwks !== undefined && address !== undefined) {
    fault(['jwks_uri'], 'must not be combined with jwks.');
  }
  if (method === 'private_key_jwt' && jwks === undefined && address === undefined) {
    fault(['jwks'], 'is missing: private_key_jwt requires jwks or jwks_uri.');
  }
  if (method !== 'private_key_jwt' && metadata.token_endpoint_auth_signing_alg !== undefined) {
    fault(['token_endpoint_auth_signing_alg'], `must be omitted: ${method} signs nothing.`);
  }
}

/** Safe in a path, in a form and in a header. */
const CLIENT_ID = /^[A-Za-z0-9._~-]{1,100}$/;

const text = z.string().min(1).max(200);
const uris = z.array(z.string().max(2_000)).max(100);
const httpsUri = z.url({ protocol: /^https$/, error: 'must be an https address.' }).max(2_000);
const webUri = z
  .string()
  .max(2_000)
  .refine(isWebAddress, { error: 'must be an https address, or http on a loopback address.' });

const publicKey = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP', 'AKP'], { error: 'must be a public key.' }) })
  .refine((key) => !('d' in key || 'priv' in key), { error: 'must not hold a private key.' });

const MEMBERS = z.strictObject({
  client_id: z
    .string()
    .regex(CLIENT_ID, { error: 'must have 1 to 100 letters, digits, dots, dashes, _ or ~.' })
    .refine((id) => id !== PLATFORM_CLIENT_ID, { error: 'is reserved for the platform.' })
    .refine((id) => !isUuid(id), { error: 'must not be a UUID: these are ids of accounts.' })
    .optional(),
  client_name: text.optional(),
  client_uri: httpsUri.optional(),
  logo_uri: httpsUri.optional(),
  policy_uri: httpsUri.optional(),
  tos_uri: httpsUri.optional(),
  contacts: z.array(z.email()).max(20).optional(),
  application_type: z.enum(['web', 'native']).optional(),
  redirect_uris: uris.optional(),
  post_logout_redirect_uris: uris.optional(),
  grant_types: z
    .array(
      z.enum([
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
        'password',
      ]),
    )
    .default(['authorization_code']),
  response_types: z.array(z.literal('code')).max(1).optional(),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
    .default('client_secret_basic'),
  token_endpoint_auth_signing_alg: z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']).optional(),
  jwks: z.looseObject({ keys: z.array(publicKey).max(20) }).optional(),
  jwks_uri: webUri.optional(),
  scope: z
    .string()
    .max(2_000)
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, {
      error: 'must be scopes with one space between them (RFC 6749, section 3.3).',
    })
    .optional(),
  subject_type: z.literal('public').optional(),
  id_token_signed_response_alg: z.enum(['RS256', 'ES256']).optional(),
  default_max_age: z.int().min(0).optional(),
  require_auth_time: z.boolean().optional(),
  initiate_login_uri: httpsUri.optional(),
  backchannel_logout_uri: webUri.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  /** An extension of the platform. The client belongs to the operator, so people are not asked for consent. */
  skip_consent: z.boolean().optional(),
  /** An extension of the platform. False for a confidential client that cannot use PKCE: it sends a nonce. */
  require_pkce: z.boolean().optional(),
});

/** The members of client metadata, by name. */
export const CLIENT_MEMBERS: Readonly<Record<string, unknown>> = MEMBERS.shape;

/** Client metadata with derived members. Optional arrays become empty arrays. */
const CLIENT_METADATA = MEMBERS.transform((metadata) => ({
  ...metadata,
  redirect_uris: metadata.redirect_uris ?? [],
  response_types:
    metadata.response_types ??
    (metadata.grant_types.includes('authorization_code') ? ['code' as const] : []),
})).superRefine(checkTogether);

export type ClientMetadata = z.output<typeof CLIENT_METADATA>;

/** A client: metadata of RFC 7591, section 2, and settings that only the operator may choose. */
export const CLIENT_DEFINITION = z
  .strictObject({ metadata: CLIENT_METADATA, passwordGrant: z.boolean().default(false) })
  .refine(
    ({ metadata, passwordGrant }) => passwordGrant || !metadata.grant_types.includes('password'),
    {
      path: ['metadata', 'grant_types'],
      error: 'must not have password: only an administrator can allow it, with passwordGrant.',
    },
  );

export type ClientDefinition = z.output<typeof CLIENT_DEFINITION>;

/** Stored metadata, which was validated before. */
export const KEPT_METADATA = z.looseObject({
  grant_types: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
  scope: z.string().optional(),
});

export function isClientId(id: string): boolean {
  return CLIENT_ID.test(id);
}

/** Tells if clients of an authentication method have a secret. */
export function needsSecret(method: string): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}

/** The scopes of the platform. All other scopes belong to resource servers. */
export const OPENID_SCOPES = ['openid', 'offline_access', 'profile', 'email'] as const;
