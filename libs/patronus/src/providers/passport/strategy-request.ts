import type { Credential } from '../../identity/credential.js';

/** Creates a request that holds only a credential, for a strategy to read. */
export function requestOf({ scheme, token }: Credential): object {
  const headers =
    scheme === 'api-key'
      ? { authorization: `ApiKey ${token}`, 'x-api-key': token }
      : { authorization: `Bearer ${token}` };
  return { headers, method: 'GET', url: '/', query: {}, body: {} };
}
