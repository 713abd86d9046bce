import { TLSSocket } from 'node:tls';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';

/**
 * Methods that need no check. TRACE is safe in RFC 9110, section 9.2.1, but no page has a reason to
 * send it.
 */
const SAFE_METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Decides which pages may use the session cookie in requests that change state. `SameSite` is the
 * other half of the protection: it keeps the cookie out of requests from other sites, except
 * top-level GET navigations. A GET is therefore not checked here, and must not change state. A GET
 * that opens a WebSocket is checked.
 */
export class OriginPolicy {
  readonly #trusted: ReadonlySet<string>;

  constructor(trustedOrigins: readonly string[] = []) {
    this.#trusted = new Set(trustedOrigins);
  }

  /**
   * Refuses a forged request. The method that was sent counts: a header that overrides it does not
   * make a request safe.
   *
   * @throws {PatronusError} `csrf_rejected`
   */
  refuseForgery(message: RequestMessage & { readonly originalMethod?: unknown }): void {
    const { method, originalMethod = method, headers, opensSocket = false } = message;
    if (!opensSocket && SAFE_METHODS.has(method) && SAFE_METHODS.has(originalMethod)) return;
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'same-site') {
      throw rejected('Sec-Fetch-Site is neither same-origin nor same-site');
    }
    if (origin === undefined) {
      if (site === 'same-origin') return;
      throw rejected('no Origin, and no Sec-Fetch-Site: same-origin');
    }
    if (this.#trusted.has(origin) || this.#isOwn(origin, message)) return;
    throw rejected('the Origin is not trusted');
  }

  /**
   * Returns true if the origin is the host of the request. If the https origin of this host is
   * listed, a proxy terminates TLS, and http is another origin.
   */
  #isOwn(origin: string, { headers, socket }: RequestMessage): boolean {
    const host = headers[':authority'] ?? headers.host;
    if (typeof host !== 'string' || host === '') return false;
    const secure = `https://${host}`;
    if (socket instanceof TLSSocket) return origin === secure;
    return origin === `http://${host}` && !this.#trusted.has(secure);
  }
}

function rejected(reason: string): PatronusError {
  return new PatronusError('csrf_rejected', { reason });
}
