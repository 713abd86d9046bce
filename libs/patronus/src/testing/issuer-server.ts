import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * Failures of an issuer: the connection is dropped, no answer comes, 500, a page instead of JSON, a
 * document without end, a redirect to the valid document.
 */
export type Outage = 'refuse' | 'hang' | 'error' | 'html' | 'huge' | 'redirect';

/** Documents that an issuer serves, by the names of their counters. */
export interface IssuerDocuments {
  discovery(): object;
  jwks(): object;
}

const PATHS = { '/.well-known/openid-configuration': 'discovery', '/jwks': 'jwks' } as const;

/** HTTP server on this machine that can be made to fail. */
export class IssuerServer {
  outage: Outage | undefined;
  /** Number of requests for each document, outages included. */
  readonly fetches = { discovery: 0, jwks: 0 };
  private readonly server: Server;

  constructor(
    private readonly documents: IssuerDocuments,
    private readonly path: string,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Listens on a free port and returns its origin: `http://127.0.0.1:40123`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private documentOf(url: string): keyof IssuerDocuments | undefined {
    const found = Object.entries(PATHS).find(([path]) => url === `${this.path}${path}`);
    return found?.[1];
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const redirected = url.endsWith('?redirected');
    const document = this.documentOf(redirected ? url.slice(0, -'?redirected'.length) : url);
    if (document === undefined) {
      response.writeHead(404).end();
      return;
    }
    this.fetches[document] += 1;
    if (this.outage !== undefined && !redirected) fail(this.outage, request, response);
    else sendJson(response, this.documents[document]());
  }
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(outage: Outage, request: IncomingMessage, response: ServerResponse): void {
  if (outage === 'refuse') request.socket.destroy();
  if (outage === 'error') response.writeHead(500).end('{"keys":[]}');
  if (outage === 'html') response.writeHead(200).end('<html>Down for maintenance</html>');
  if (outage === 'redirect')
    response.writeHead(302, { location: `${request.url}?redirected` }).end();
  if (outage === 'huge') sendJson(response, { keys: [], padding: 'x'.repeat(1024 * 1024) });
}
