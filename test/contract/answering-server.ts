import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Answer of a server to a request about a token. Undefined if it does not know the token. */
type Answer = (request: IncomingMessage, body: string) => { status: number; body: object };

/** HTTP server that answers requests about tokens, counts them, and can be made to fail. */
export class AnsweringServer {
  calls = 0;
  down = false;
  readonly #answer: Answer;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  /** Listens on a free port and returns its origin. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    if (this.down) {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, body } = this.#answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
