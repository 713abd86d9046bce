import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestKey } from '@patronus/nestjs/testing';

/** Issuer whose clock is wrong, as the `Date` of its answers shows. */
export class SkewedIssuer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param seconds - seconds by which its clock is ahead */
  static async start(seconds: number): Promise<SkewedIssuer> {
    const { jwk } = await TestKey.generate('RS256');
    const server = createServer(({ url: path, headers: { host } }, response) => {
      const issuer = `http://${host}`;
      response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
      const keys = { keys: [jwk] };
      response.end(
        JSON.stringify(path === '/jwks' ? keys : { issuer, jwks_uri: `${issuer}/jwks` }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new SkewedIssuer(server, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
