import type { Credential } from '../../identity/credential.js';

/** A request that holds a credential and nothing else, for a strategy to read. */
export function requestOf({ scheme, token }: Credential): object {
  const headers =
    scheme === 'api-key'
      ? { authorization: `ApiKey ${token}`, 'x-api-key': token }
      : { authorization: `Bearer ${token}` };
  return { headers, method: 'GET', url: '/', query: {}, body: {} };
}
