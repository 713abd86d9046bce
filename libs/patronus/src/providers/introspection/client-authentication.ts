import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';
import {
  always,
  basicProof,
  type ClientProof,
  type ProveClient,
} from '../../remote/client-proof.js';
import { readClientKey, type SigningKey } from './client-key.js';
import type { IntrospectionOptions } from './introspection.options.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Lifetime of an assertion, in seconds. */
const ASSERTION_LIFE = 60;

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
      return always(basicProof(clientId, requireSecret(options)));
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
