import type { Dispatcher } from 'undici';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { isAllowedUrl, isLoopbackUrl, requireSecureUrl } from '../identity/secure-url.js';
import { readJson, requestJson } from './fetch-json.js';
import type { Network } from './network.options.js';
import type { RemoteAnswer } from './remote-request.js';

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
 * Reads an issuer identifier. It has no query (OpenID Connect Discovery 1.0, section 3; RFC 8414,
 * section 2).
 *
 * @throws {PatronusConfigurationError} if it has one, or is not a URL that keys may be fetched from
 */
export function requireIssuer(path: string, value: unknown, { insecureHosts }: Network): string {
  const issuer = requireSecureUrl(path, value, insecureHosts);
  if (!issuer.includes('?')) return issuer;
  throw new PatronusConfigurationError(
    path,
    'has a query.',
    'Give the issuer as its metadata names it, without the question mark and the text after it.',
  );
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
export async function askForMetadata(
  { issuer, dispatcher }: KnownIssuer,
  signal?: AbortSignal,
): Promise<MetadataAnswer> {
  const [openid, oauth] = metadataUrls(issuer);
  const first = await requestJson(openid, dispatcher, signal);
  if (first.status !== NOT_FOUND) return { ...first, url: openid };
  const second = await requestJson(oauth, dispatcher, signal);
  return second.status === NOT_FOUND ? { ...first, url: openid } : { ...second, url: oauth };
}

/**
 * Finds a URL that the metadata of an issuer names, such as its `jwks_uri` or `token_endpoint`.
 *
 * @throws {Error} if the metadata cannot be fetched, names another issuer, or leads to a URL that
 * may not be called
 */
export async function discover(
  known: KnownIssuer,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await askForMetadata(known, signal);
  const metadata = readJson(answer.url, answer);
  if (!isJsonObject(metadata) || member(metadata, 'issuer') !== known.issuer) {
    throw new Error(`${answer.url} does not name the issuer ${known.issuer}`);
  }
  const url = urlNamedIn(metadata, name, known);
  if (url === undefined) throw new Error(`${answer.url} names no https ${name}`);
  return url;
}

/** Returns a URL of metadata. A remote issuer must not send us to a service on this machine. */
export function urlNamedIn(
  metadata: JsonObject,
  name: string,
  { issuer, insecureHosts }: KnownIssuer,
): string | undefined {
  const url = member(metadata, name);
  if (typeof url !== 'string' || !isAllowedUrl(url, insecureHosts)) return undefined;
  return isLoopbackUrl(url) && !isLoopbackUrl(issuer) ? undefined : url;
}
