import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { DevIssuer } from './dev-issuer.js';
import { PAGE_POLICY, renderPage } from './dev-page.js';
import { answerTokenRequest } from './token-request.js';

const MAX_BODY = 64 * 1024;

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Returns true if a server on this host can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.has(host);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Uint8Array = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

/**
 * HTTP server of the development issuer: discovery, keys, a page for people and `/token` for
 * scripts.
 */
export class DevServer {
  private issuer: DevIssuer | undefined;
  private readonly server: Server;

  constructor(private readonly host: string) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  /** @returns the port that it listens on, which is a free one for 0 */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, this.host, resolve);
    });
    const address = this.server.address();
    return address === null || typeof address === 'string' ? port : address.port;
  }

  /**
   * Starts to answer for the issuer. Until then the answer is 503, because the issuer's name
   * contains the port.
   */
  serve(issuer: DevIssuer): void {
    this.issuer = issuer;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /**
   * Checks the `Host` header. A page of another site whose name resolves to this machine (DNS
   * rebinding) sends its own name.
   */
  private isMeant({ headers: { host = '' } }: IncomingMessage): boolean {
    if (!isLoopbackHost(this.host)) return true;
    return URL.canParse(`http://${host}`) && isLoopbackHost(new URL(`http://${host}`).hostname);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isMeant(request)) return sendJson(response, 403, { error: 'another host' });
    const { issuer } = this;
    if (issuer === undefined) return sendJson(response, 503, { error: 'starting' });
    switch (`${request.method} ${request.url}`) {
      case 'GET /':
        return send(response, 200, 'text/html', renderPage(issuer));
      case 'GET /.well-known/openid-configuration':
        return sendJson(response, 200, issuer.metadata);
      case 'GET /jwks':
        return sendJson(response, 200, issuer.keys);
      case 'POST /':
        return this.mintOnPage(issuer, request, response);
      case 'POST /token':
        return this.mint(issuer, request, response);
      default:
        return sendJson(response, 404, { error: 'not found' });
    }
  }

  private async mintOnPage(
    issuer: DevIssuer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const user = issuer.find(new URLSearchParams(await bodyOf(request)).get('user'));
    if (user === undefined) return send(response, 400, 'text/html', renderPage(issuer));
    const token = await issuer.mint(user);
    send(response, 200, 'text/html', renderPage(issuer, { user, token }));
  }

  private async mint(
    issuer: DevIssuer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const text = await bodyOf(request);
    if (text === undefined) return sendJson(response, 413, { error: 'too large' });
    const { status, body } = await answerTokenRequest(issuer, text);
    sendJson(response, status, body);
  }
}
