import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Connection to a Redis that can be cut, or hang with both ends open. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private isHung = false;
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  static async to(url: string): Promise<Wire> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Wire(server, new URL(url));
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the wire is closed');
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(address.port);
    return url.href;
  }

  /** Passes nothing on any more, and closes no end. */
  hang(): void {
    this.isHung = true;
  }

  cut(): void {
    this.isCut = true;
    this.drop();
  }

  /** Restores the connection. Data that was sent before is lost. */
  mend(): void {
    this.isHung = false;
    this.isCut = false;
    this.drop();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk) => this.isHung || to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }

  private drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
