/** Part of a request that authenticates this application to the server. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** Authenticates one request to the server. Holds the secret, so that no other object does. */
export type ProveClient = () => Promise<ClientProof>;

/** Returns the function for requests that all prove the same. */
export function always(proof: ClientProof): ProveClient {
  return () => Promise.resolve(proof);
}

/**
 * Proves the client by HTTP Basic authentication: both parts are encoded as a form would, before
 * they are joined (RFC 6749, section 2.3.1).
 */
export function basicProof(clientId: string, secret: string): ClientProof {
  const joined = `${formEncoded(clientId)}:${formEncoded(secret)}`;
  const headers = { authorization: `Basic ${Buffer.from(joined).toString('base64')}` };
  return { headers, form: {} };
}

function formEncoded(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}
