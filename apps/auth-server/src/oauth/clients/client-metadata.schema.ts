import { z } from 'zod';
import { isUuid } from '../../database/is-uuid.js';
import { PLATFORM_CLIENT_ID } from '../../tokens/platform-client-id.js';
import { isWebAddress } from './redirect-uri.js';
import { checkTogether } from './client-metadata.rules.js';

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
    .refine((id) => id !== PLATFORM_CLIENT_ID, { error: "is the platform's own." })
    .refine((id) => !isUuid(id), { error: 'must not be a UUID: accounts have such ids.' })
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
  /** The platform's own: the client is of the operator, whose users need not be asked. */
  skip_consent: z.boolean().optional(),
});

/** The names of all that a client may say of itself. */
export const CLIENT_MEMBERS: Readonly<Record<string, unknown>> = MEMBERS.shape;

/** As it was given, with what follows from it: arrays are there, if only empty. */
const CLIENT_METADATA = MEMBERS.transform((metadata) => ({
  ...metadata,
  redirect_uris: metadata.redirect_uris ?? [],
  response_types:
    metadata.response_types ??
    (metadata.grant_types.includes('authorization_code') ? ['code' as const] : []),
})).superRefine(checkTogether);

export type ClientMetadata = z.output<typeof CLIENT_METADATA>;

/** A client, whoever describes it: metadata after RFC 7591, section 2, and what only the operator says. */
export const CLIENT_DEFINITION = z
  .strictObject({ metadata: CLIENT_METADATA, passwordGrant: z.boolean().default(false) })
  .refine(
    ({ metadata, passwordGrant }) => passwordGrant || !metadata.grant_types.includes('password'),
    {
      path: ['metadata', 'grant_types'],
      error: 'must not have password: an administrator allows it, by passwordGrant.',
    },
  );

export type ClientDefinition = z.output<typeof CLIENT_DEFINITION>;

/** Metadata that was checked before it was kept. */
export const KEPT_METADATA = z.looseObject({
  grant_types: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
  scope: z.string().optional(),
});

export function isClientId(id: string): boolean {
  return CLIENT_ID.test(id);
}

/** Whether a client of that method proves itself by a secret. */
export function needsSecret(method: string): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}
