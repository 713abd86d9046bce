import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** The interval of the health checks, in milliseconds. */
const INTERVAL_MS = 50;

/** A load balancer that passes requests on to the instances that are ready, in turn. It repeats none. */
export class Balancer {
  readonly #server = createServer((incoming, answer) => this.#pass(incoming, answer));
  readonly #ready = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;

  private constructor(private readonly ports: readonly number[]) {}

  /** @param port its own port */
  static async start(port: number, ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    balancer.#server.listen(port, '127.0.0.1');
    await once(balancer.#server, 'listening');
    balancer.#watch();
    return balancer;
  }

  isReady(port: number): boolean {
    return this.#ready.has(port);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #watch(): void {
    this.#timer = setTimeout(() => void this.#checkAll(), INTERVAL_MS);
  }

  async #checkAll(): Promise<void> {
    await Promise.all(this.ports.map((port) => this.#check(port)));
    if (this.#timer !== undefined) this.#watch();
  }

  async #check(port: number): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) this.#ready.add(port);
    else this.#ready.delete(port);
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const ready = [...this.#ready];
    const port = ready[this.#turns % ready.length];
    this.#turns += 1;
    const fail = (): void => void answer.writeHead(502).end();
    if (port === undefined) return fail();
    const { method, url: path, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    passed.on('response', (got) => {
      answer.writeHead(got.statusCode ?? 502, { ...got.headers, 'x-instance': String(port) });
      got.pipe(answer);
    });
    passed.on('error', fail);
    incoming.pipe(passed);
  }
}
