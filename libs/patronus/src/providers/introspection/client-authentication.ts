import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';
import { readClientKey, type SigningKey } from './client-key.js';
import type { IntrospectionOptions } from './introspection.options.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Lifetime of an assertion, in seconds. */
const ASSERTION_LIFE = 60;

/** Part of a request that authenticates this application to the server. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** Authenticates one request to the server. Holds the secret, so that no other object does. */
export type ProveClient = () => Promise<ClientProof>;

/**
 * Returns the function that authenticates requests.
 *
 * @throws {PatronusConfigurationError} if the method is unknown, or an option that it needs is
 * missing
 */
export function clientAuthentication(options: IntrospectionOptions): ProveClient {
  const { url, clientId, clientAuthentication: method = 'basic' } = options;
  requireText('introspection.clientId', clientId, 'Give the client_id of this application.');
  switch (method) {
    case 'basic':
      return always(basic(clientId, requireSecret(options)));
    case 'post':
      return always(post(clientId, requireSecret(options)));
    case 'private_key_jwt':
      return assertion(clientId, readClientKey(options.key), url);
    default:
      throw new PatronusConfigurationError(
        'introspection.clientAuthentication',
        'is not a supported method.',
        "Choose from 'basic', 'post' and 'private_key_jwt'.",
      );
  }
}

function requireSecret({ clientSecret }: IntrospectionOptions): string {
  const remedy = "Give the client_secret of this application, or use 'private_key_jwt' and a key.";
  return requireText('introspection.clientSecret', clientSecret, remedy);
}

function always(proof: ClientProof): ProveClient {
  return () => Promise.resolve(proof);
}

/** Encodes both as a form would, before they are joined (RFC 6749, section 2.3.1). */
function basic(clientId: string, secret: string): ClientProof {
  const joined = `${formEncoded(clientId)}:${formEncoded(secret)}`;
  const headers = { authorization: `Basic ${Buffer.from(joined).toString('base64')}` };
  return { headers, form: {} };
}

function formEncoded(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}

function post(clientId: string, secret: string): ClientProof {
  return { headers: {}, form: { client_id: clientId, client_secret: secret } };
}

/**
 * Signs a new assertion for each request, for single use and short-lived (RFC 7523, sections 2.2
 * and 3).
 */
function assertion(
  clientId: string,
  { key, alg, kid, audience }: SigningKey,
  url: string,
): ProveClient {
  return async () => {
    const now = Math.floor(Date.now() / 1000);
    const signed = await new SignJWT()
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience ?? url)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_LIFE)
      .sign(key);
    return {
      headers: {},
      form: {
        client_id: clientId,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: signed,
      },
    };
  };
}
