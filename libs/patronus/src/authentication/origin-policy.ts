import { TLSSocket } from 'node:tls';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';

/** TRACE is safe in RFC 9110, section 9.2.1, and not here: no page has a reason to send it. */
const SAFE_METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Which pages may use the session cookie in requests that change something. `SameSite` is the other
 * half of the protection: it keeps the cookie out of requests of other sites, and lets top-level GET
 * navigations through. So a GET is not checked here, and must change nothing; one that opens a socket
 * is.
 */
export class OriginPolicy {
  readonly #trusted: ReadonlySet<string>;

  constructor(trustedOrigins: readonly string[] = []) {
    this.#trusted = new Set(trustedOrigins);
  }

  /**
   * The method is the one that was sent: no header that overrides it makes a request safe.
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

  /** Where the https origin of this host is listed, a proxy ends TLS, and http is another origin. */
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
