import type { Configuration } from 'oidc-provider';
import { isLoopbackHost } from '../clients/client-metadata.schema.js';

/**
 * How clients are called: for their keys and their back-channel logout. oidc-provider hands over a
 * dispatcher that refuses special-use addresses, so that nobody registers an address of our network;
 * without it, nobody is called. On a machine that only serves itself, clients are on the same machine.
 */
export function outgoingFetch(issuer: string): NonNullable<Configuration['fetch']> {
  const isLocal = isLoopback(issuer);
  return async (target, init: RequestInit & { dispatcher?: unknown } = {}) => {
    const { dispatcher, ...unguarded } = init;
    if (isLocal && !(target instanceof Request) && isLoopback(target)) {
      return fetch(target, unguarded);
    }
    if (dispatcher === undefined) throw new Error('Nothing keeps a request from our own network.');
    return fetch(target, init);
  };
}

function isLoopback(url: string | URL): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
