import { defer, type Observable, of } from 'rxjs';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, type RequestScope } from '../identity/request-scope.js';
import { type ForwardedIdentityOptions, isToken } from './forwarded-identity.options.js';

/** Headers to forward, with names in lower case. */
export type ForwardedHeaders = Readonly<Record<string, string>>;

/**
 * Returns the headers by which another service identifies the same caller and the same tenant, and
 * verifies both again.
 *
 * @throws {PatronusError} `token_missing` if there is no caller
 * @throws {Error} if the token is bound to a key, which this service does not have
 */
export function forwardedHeaders({
  token,
}: ForwardedIdentityOptions): Observable<ForwardedHeaders> {
  const scope = currentScope();
  const tenant = tenantOf(scope);
  if (token === undefined) return of({ authorization: authorizationOf(scope), ...tenant });
  return defer(async () => {
    const own = typeof token === 'function' ? await token() : token;
    if (isToken(own)) return { authorization: `Bearer ${own}`, ...tenant };
    throw new TypeError('withIdentity.token: the function returned something that is not a token.');
  });
}

function authorizationOf(scope: RequestScope | undefined): string {
  if (scope?.identity === undefined || scope.credential === undefined) {
    const reason =
      'there is no caller whose credential could be forwarded: in a job, use withIdentity(client, { token }) with a token of this service';
    throw new PatronusError('token_missing', { reason, cause: new Error(reason) });
  }
  if (scope.proven || scope.identity.confirmation !== undefined) {
    throw new Error(
      "The caller's token is bound to a key (RFC 9449), and is valid only with a proof by the caller: exchange it, or use withIdentity(client, { token }) with a token of this service.",
    );
  }
  const { scheme, token } = scope.credential.read();
  return `${scheme === 'bearer' ? 'Bearer' : 'ApiKey'} ${token}`;
}

function tenantOf(scope: RequestScope | undefined): ForwardedHeaders {
  if (scope?.tenantHeader === undefined || scope.tenantId === undefined) return {};
  return { [scope.tenantHeader]: scope.tenantId };
}
