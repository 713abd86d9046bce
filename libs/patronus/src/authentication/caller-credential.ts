import type { CredentialSource } from '../identity/credential.js';
import { type GuardedRequest, messageOf } from '../transport/guarded-request.js';
import type { CredentialReader } from './credential-reader.js';
import type { PresentedCredential } from './presented-credential.js';

/**
 * Credential of an admitted caller, in the request that presented it.
 *
 * A class, not a closure: with a closure for each request, V8 allocates the listeners of requests
 * in its old generation, and one request in five stays alive until the next full collection.
 */
export class CallerCredential implements CredentialSource {
  /**
   * @param allowsQuery - true if the route takes its token from the query
   */
  constructor(
    private readonly credentials: CredentialReader,
    private readonly request: GuardedRequest,
    private readonly allowsQuery: boolean,
  ) {}

  read(): PresentedCredential {
    const { credentials, request, allowsQuery } = this;
    return credentials.read(messageOf(request), request.body, allowsQuery);
  }
}
