import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'node:net';
import { once } from 'node:events';
import { freePort } from '../../environment/free-port.mjs';
import { RunningProgram } from '../../environment/running-program.js';
import { until } from '../../environment/until.js';

const FOLDER = fileURLToPath(new URL('../../../apps/auth-server/proxy/', import.meta.url));
const NGINX = '/usr/sbin/nginx';

/** nginx with the configuration and the certificate of `compose.yaml`, in front of servers of this machine. */
export class NginxProxy {
  private constructor(
    readonly httpsPort: number,
    readonly httpPort: number,
    readonly certificate: string,
    private readonly folder: string,
    private readonly program: RunningProgram,
  ) {}

  /** @param httpsPort a free one, because the issuer of the platform names it */
  static async start(httpsPort: number, platforms: readonly number[]): Promise<NginxProxy> {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-nginx-'));
    const httpPort = await freePort();
    execFileSync('sh', [join(FOLDER, 'create-certificate.sh'), folder], {
      env: { ...process.env, ISSUER: `https://localhost:${httpsPort}` },
      stdio: 'ignore',
    });
    const values: Readonly<Record<string, string>> = {
      HTTP_PORT: `127.0.0.1:${httpPort}`,
      HTTPS_PORT: `127.0.0.1:${httpsPort}`,
      CERTIFICATES: folder,
      NGINX_LOCAL_RESOLVERS: '127.0.0.1',
      PLATFORM: 'platform',
    };
    const template = readFileSync(join(FOLDER, 'nginx.conf.template'), 'utf8');
    const site = template.replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
    writeFileSync(join(folder, 'site.conf'), site);
    writeFileSync(join(folder, 'nginx.conf'), configurationAround(folder, platforms));
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf')];
    const program = new RunningProgram({}, args, NGINX);
    const proxy = new NginxProxy(
      httpsPort,
      httpPort,
      readFileSync(join(folder, 'tls.crt'), 'utf8'),
      folder,
      program,
    );
    await Promise.race([
      until(true, () => isOpen(httpsPort)),
      program.ended().then(({ stderr }) => Promise.reject(new Error(`nginx ended: ${stderr}`))),
    ]);
    return proxy;
  }

  get origin(): string {
    return `https://localhost:${this.httpsPort}`;
  }

  async stop(): Promise<void> {
    await this.program.stop('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The part that the image of nginx has in `/etc/nginx/nginx.conf`, and the servers that Docker's names lead to. */
function configurationAround(folder: string, platforms: readonly number[]): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'daemon off;',
    'user root;',
    'worker_processes 1;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr warn;',
    'events {}',
    'http {',
    '  access_log off;',
    ...paths.map((name) => `  ${name}_temp_path ${folder}/${name};`),
    `  upstream platform { ${platforms.map((port) => `server 127.0.0.1:${port};`).join(' ')} }`,
    `  include ${folder}/site.conf;`,
    '}',
    '',
  ].join('\n');
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const opened = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return opened;
}
