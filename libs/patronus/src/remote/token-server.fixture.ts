import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

/** Request as it arrived. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Behaviour of a {@link TokenServer} for one request. */
export type Behaviour = (asked: Asked, response: ServerResponse) => void;

/** HTTP server that is called about tokens, and can be made to fail. */
export class TokenServer {
  readonly asked: Asked[] = [];
  #server: Server | undefined;
  #port = 0;

  constructor(public behaviour: Behaviour) {}

  static async start(behaviour: Behaviour): Promise<TokenServer> {
    const server = new TokenServer(behaviour);
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async listen(): Promise<void> {
    const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
      void this.#answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Stops, and closes all connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    const asked = { method, url, headers, body };
    this.asked.push(asked);
    this.behaviour(asked, response);
  }
}

/** Answers with JSON. */
export function json(value: unknown, status = 200): Behaviour {
  return (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

/** Answers with a status, and a page. */
export function page(status: number): Behaviour {
  return (_asked, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>No</html>');
  };
}

/** Answers that are not valid, from which no verdict on a token can be derived. */
export const OUTAGES: readonly (readonly [what: string, Behaviour])[] = [
  ['500', page(500)],
  ['503 with an answer in it', json({ id: 'ana', active: true, sub: 'ana' }, 503)],
  ['404', page(404)],
  ['429', page(429)],
  ['201', json({ id: 'ana', active: true, sub: 'ana' }, 201)],
  ['a page', page(200)],
  ['nothing', (_asked, response) => void response.writeHead(200).end()],
  ['half an answer', (_asked, response) => void response.writeHead(200).end('{"id":"ana"')],
  ['a list', json([{ id: 'ana', active: true, sub: 'ana' }])],
  ['null', json(null)],
  ['nobody', json({})],
  ['a dropped connection', (_asked, response) => void response.destroy()],
  ['an answer that breaks off', breakOff],
  ['50 MB', (_asked, response) => flood(response, 50)],
];

function breakOff(_asked: Asked, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' }).write('{"id":"ana",', () => {
    response.destroy();
  });
}

/** Sends an answer of many megabytes, as fast as it is read. */
function flood(response: ServerResponse, megabytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":"ana","active":true,"sub":"ana","padding":"');
  let left = megabytes;
  const send = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write('x'.repeat(1024 * 1024))) return void response.once('drain', send);
    }
    response.end('"}');
  };
  send();
}
