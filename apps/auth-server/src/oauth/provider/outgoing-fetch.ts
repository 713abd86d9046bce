import type { Configuration } from 'oidc-provider';
import { isLoopbackHost } from '../clients/client-metadata.schema.js';
import { isInternalHost, lookupPublic } from './public-addresses.js';

/** A request of oidc-provider. Its dispatcher makes the connections. */
type OutgoingInit = RequestInit & { dispatcher?: unknown };

/**
 * Returns the function that calls clients for their keys and their back-channel logout. Hosts are resolved and
 * their addresses checked before a connection is made, so that a client can neither reach nor find out what is in
 * the internal network. Redirects are not followed. Without a dispatcher, no client is called. If the issuer is a
 * loopback address, clients on loopback addresses are allowed.
 */
export function outgoingFetch(issuer: string): NonNullable<Configuration['fetch']> {
  const isLocal = isLoopback(issuer);
  let guarded: unknown;
  return async (target, { dispatcher, ...init }: OutgoingInit = {}) => {
    const unredirected: RequestInit = { redirect: 'error', ...init };
    if (target instanceof Request) throw new Error('Only addresses can be checked.');
    if (isLocal && isLoopback(target)) return fetch(target, unredirected);
    if (typeof dispatcher !== 'object' || dispatcher === null)
      throw new Error('There is no dispatcher that protects the internal network.');
    if (isInternalHost(new URL(target).hostname)) {
      throw new Error('The address belongs to the internal network.');
    }
    guarded ??= guardedLike(dispatcher);
    // Not every version of the types knows this member.
    Reflect.set(unredirected, 'dispatcher', guarded);
    return fetch(target, unredirected);
  };
}

/** Makes a dispatcher of the same version that resolves hosts to public addresses only. */
function guardedLike({ constructor }: object): unknown {
  return Reflect.construct(constructor, [{ connect: { lookup: lookupPublic } }]);
}

function isLoopback(url: string | URL): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
