import { createServer } from 'node:http';

/** A server on a free port of this machine, whose handler may be given and exchanged later. */
export async function localServer() {
  let handler = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handler(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    handle: (next) => (handler = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Ports that nothing listens on, all different. */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => localServer()));
  const ports = servers.map(({ url }) => Number(new URL(url).port));
  await Promise.all(servers.map((server) => server.close()));
  return ports;
}
