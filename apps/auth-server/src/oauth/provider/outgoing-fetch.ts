import type { Configuration } from 'oidc-provider';
import { isLoopbackHost } from '../clients/client-metadata.schema.js';

/**
 * Returns the function that calls clients for their keys and their back-channel logout. oidc-provider passes a
 * dispatcher that refuses special-use addresses, so that a client cannot register an address of the internal
 * network. Without a dispatcher, no client is called. If the issuer is a loopback address, clients on loopback
 * addresses are allowed.
 */
export function outgoingFetch(issuer: string): NonNullable<Configuration['fetch']> {
  const isLocal = isLoopback(issuer);
  return async (target, init: RequestInit & { dispatcher?: unknown } = {}) => {
    const { dispatcher, ...unguarded } = init;
    if (isLocal && !(target instanceof Request) && isLoopback(target)) {
      return fetch(target, unguarded);
    }
    if (dispatcher === undefined)
      throw new Error('There is no dispatcher that protects the internal network.');
    return fetch(target, init);
  };
}

function isLoopback(url: string | URL): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
