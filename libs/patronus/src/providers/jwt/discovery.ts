import type { Dispatcher } from 'undici';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { isAllowedUrl, isLoopbackUrl } from '../../identity/secure-url.js';
import { readJson, requestJson } from '../../remote/fetch-json.js';
import type { RemoteAnswer } from '../../remote/remote-request.js';

const NOT_FOUND = 404;

/** The metadata document of an issuer, whatever is in it. */
export interface MetadataAnswer extends RemoteAnswer {
  readonly url: string;
}

/** An issuer, and the hosts that it may be asked about over plain http. */
export interface KnownIssuer {
  readonly issuer: string;
  readonly insecureHosts: readonly string[];
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * Where the metadata of an issuer may be, in the order in which it is looked for: OpenID Connect
 * Discovery 1.0 (section 4), which appends to the issuer's path, and OAuth 2.0 Authorization Server
 * Metadata (RFC 8414, section 3.1), which inserts before it.
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
 * Asks an issuer for its metadata. Only an issuer that answers 404 to OpenID Connect Discovery is asked
 * for that of RFC 8414; where both are 404, the answer is the first.
 *
 * @throws {Error} that names the URL, where no answer comes
 */
export async function askForMetadata({ issuer, dispatcher }: KnownIssuer): Promise<MetadataAnswer> {
  const [openid, oauth] = metadataUrls(issuer);
  const first = await requestJson(openid, dispatcher);
  if (first.status !== NOT_FOUND) return { ...first, url: openid };
  const second = await requestJson(oauth, dispatcher);
  return second.status === NOT_FOUND ? { ...first, url: openid } : { ...second, url: oauth };
}

/**
 * Finds where an issuer publishes its keys.
 *
 * @throws {Error} where its metadata cannot be had, names another issuer, or leads to a place that keys
 * may not come from
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

/** The `jwks_uri` of metadata. A remote issuer must not send us to a service on this machine. */
export function keysNamedIn(
  metadata: JsonObject,
  { issuer, insecureHosts }: KnownIssuer,
): string | undefined {
  const jwksUri = member(metadata, 'jwks_uri');
  if (typeof jwksUri !== 'string' || !isAllowedUrl(jwksUri, insecureHosts)) return undefined;
  return isLoopbackUrl(jwksUri) && !isLoopbackUrl(issuer) ? undefined : jwksUri;
}
