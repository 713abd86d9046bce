import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { accept } from '../support/oauth-flow.js';
import type { OAuthBed } from '../support/oauth-bed.js';

/** A third-party application that signs people in at the platform. */
export class WebApp {
  readonly #server: Server;
  #answer: RequestListener = (_request, response) => response.writeHead(503).end();

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Starts a server, which has a URL at once, and answers once a handler is set. */
  static async start(): Promise<WebApp> {
    const app = new WebApp();
    await once(app.#server.listen(0, '127.0.0.1'), 'listening');
    return app;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not on a port');
    return `http://localhost:${address.port}`;
  }

  answerWith(listener: RequestListener): void {
    this.#answer = listener;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** The redirect back from the platform to an application. */
export async function throughPlatform(bed: OAuthBed, there: URL, email: string): Promise<URL> {
  const browser = bed.browser();
  const back = await accept(browser, await browser.open(there), email);
  return back.url;
}
