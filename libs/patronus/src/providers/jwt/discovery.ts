import type { Dispatcher } from 'undici';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { isAllowedUrl, isLoopbackUrl } from '../../identity/secure-url.js';
import { readJson, requestJson } from '../../remote/fetch-json.js';
import type { RemoteAnswer } from '../../remote/remote-request.js';

const NOT_FOUND = 404;

/** Metadata document of an issuer, not yet checked. */
export interface MetadataAnswer extends RemoteAnswer {
  readonly url: string;
}

/** Issuer with the hosts that may be called over plain http for it. */
export interface KnownIssuer {
  readonly issuer: string;
  readonly insecureHosts: readonly string[];
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * Returns the URLs of the metadata of an issuer, in the order in which they are tried: OpenID
 * Connect Discovery 1.0 (section 4), which appends to the issuer's path, and OAuth 2.0
 * Authorization Server Metadata (RFC 8414, section 3.1), which inserts before it.
 */
function metadataUrls(issuer: string): readonly [openid: string, oauth: string] {
  const base = issuer.replace(/\/$/, '');
  const { origin } = new URL(issuer);
  const path = new URL(base).pathname.replace(/\/$/, '');
  return [
    `${base}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/**
 * Fetches the metadata of an issuer. Only if an issuer answers 404 to OpenID Connect Discovery, the
 * metadata of RFC 8414 is fetched. If both are 404, the first answer is returned.
 *
 * @throws {Error} if there is no answer; names the URL
 */
export async function askForMetadata({ issuer, dispatcher }: KnownIssuer): Promise<MetadataAnswer> {
  const [openid, oauth] = metadataUrls(issuer);
  const first = await requestJson(openid, dispatcher);
  if (first.status !== NOT_FOUND) return { ...first, url: openid };
  const second = await requestJson(oauth, dispatcher);
  return second.status === NOT_FOUND ? { ...first, url: openid } : { ...second, url: oauth };
}

/**
 * Finds the URL at which an issuer publishes its keys.
 *
 * @throws {Error} if its metadata cannot be fetched, names another issuer, or leads to a URL that
 * keys may not be fetched from
 */
export async function discoverKeys(known: KnownIssuer): Promise<string> {
  const answer = await askForMetadata(known);
  const metadata = readJson(answer.url, answer);
  if (!isJsonObject(metadata) || member(metadata, 'issuer') !== known.issuer) {
    throw new Error(`${answer.url} does not name the issuer ${known.issuer}`);
  }
  const jwksUri = keysNamedIn(metadata, known);
  if (jwksUri === undefined) throw new Error(`${answer.url} names no https jwks_uri`);
  return jwksUri;
}

/**
 * Returns the `jwks_uri` of metadata. A remote issuer must not send us to a service on this
 * machine.
 */
export function keysNamedIn(
  metadata: JsonObject,
  { issuer, insecureHosts }: KnownIssuer,
): string | undefined {
  const jwksUri = member(metadata, 'jwks_uri');
  if (typeof jwksUri !== 'string' || !isAllowedUrl(jwksUri, insecureHosts)) return undefined;
  return isLoopbackUrl(jwksUri) && !isLoopbackUrl(issuer) ? undefined : jwksUri;
}
