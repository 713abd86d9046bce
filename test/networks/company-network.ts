import { createServer, request, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certified } from './private-authority.js';

/** Server of a test: its port, and its open connections. */
class Listening {
  readonly #sockets = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => this.keep(socket));
  }

  keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return portOf(this.server.address());
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Terminates TLS for a server that does not support it. */
export class TlsFront {
  private constructor(
    private readonly listening: Listening,
    readonly port: number,
  ) {}

  static async start(certified: Certified, behind: string): Promise<TlsFront> {
    const { port, hostname } = new URL(behind);
    const server = createTlsServer(certified, (secured) => {
      const plain = connect(Number(port), hostname);
      secured.on('error', () => plain.destroy());
      plain.on('error', () => secured.destroy());
      secured.pipe(plain).pipe(secured);
    });
    const listening = new Listening(server);
    return new TlsFront(listening, await listening.listen());
  }

  stop(): Promise<void> {
    return this.listening.close();
  }
}

/** Forward proxy as in companies: only the proxy knows the addresses of the hosts. */
export class ForwardProxy {
  /** Requests that it received: `CONNECT id.example:443`, `GET http://keycloak:8080/jwks`. */
  readonly asked: string[] = [];
  /** `user:password` that it requires. */
  credentials: string | undefined;
  readonly #server: HttpServer = createServer();
  readonly #listening = new Listening(this.#server);
  #port = 0;

  private constructor(private readonly hosts: ReadonlyMap<string, number>) {
    this.#server.on('connect', ({ url = '', headers }, socket) => {
      this.asked.push(`CONNECT ${url}`);
      const port = this.hosts.get(url);
      socket.on('error', () => {});
      if (!this.#admits(headers['proxy-authorization'])) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      } else if (port === undefined) socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      else {
        const behind = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
          socket.pipe(behind).pipe(socket);
        });
        this.#listening.keep(behind);
      }
    });
    this.#server.on('request', ({ method = '', url = '', headers }, response) => {
      this.asked.push(`${method} ${url}`);
      const { host, pathname, search } = new URL(url);
      const port = this.hosts.get(host);
      if (port === undefined) {
        response.writeHead(502).end();
        return;
      }
      const onward = request(
        { host: '127.0.0.1', port, method, path: pathname + search, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.end();
    });
  }

  /** @param hosts the ports on this machine, by `host:port` as clients name them */
  static async start(hosts: Readonly<Record<string, number>>): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(new Map(Object.entries(hosts)));
    proxy.#port = await proxy.#listening.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  stop(): Promise<void> {
    return this.#listening.close();
  }

  #admits(header: string | undefined): boolean {
    if (this.credentials === undefined) return true;
    return header === `Basic ${Buffer.from(this.credentials).toString('base64')}`;
  }
}
