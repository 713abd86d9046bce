import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT } from '../markdown-page.js';
import { until } from '../../environment/until.js';
import { freePort } from '../../environment/free-port.mjs';
import { readCurl } from './curl.js';
import { Program } from './program.js';
import type { Clinic } from './walk.js';

const NEST = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
/** Folder that git, jest, the compiler and the linter ignore. */
const WORKSHOP = join(ROOT, 'test/docs/dist');

/** Project that a reader of `docs/start.md` creates, in its own folder. */
export class ClinicProject implements Clinic {
  private readonly programs: Program[] = [];
  private app: Program | undefined;
  private isStale = true;
  /** Shell that has not read `.env`, and one that has. */
  private readonly shell: NodeJS.ProcessEnv;
  private env: NodeJS.ProcessEnv;

  private constructor(
    private readonly workshop: string,
    readonly folder: string,
    private readonly port: number,
  ) {
    const { PATH, HOME } = process.env;
    this.shell = { PATH, HOME, PORT: String(port), NO_COLOR: '1' };
    this.env = this.shell;
  }

  static async open(name: string): Promise<ClinicProject> {
    await mkdir(WORKSHOP, { recursive: true });
    const workshop = await mkdtemp(join(WORKSHOP, 'start-'));
    return new ClinicProject(workshop, join(workshop, name), await freePort());
  }

  /** Creates the project without the installation: the packages of this workspace replace it. */
  async generate(line: string): Promise<void> {
    const [, , ...args] = line.split(' ');
    const all = [NEST, ...args, '--skip-install', '--skip-git', '--no-observe'];
    await this.succeed(Program.start(all, this.workshop, this.env));
  }

  /** Does nothing: the sources of the library are present. */
  async install(): Promise<void> {}

  async write(path: string, code: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
    this.isStale = true;
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8');
  }

  /** Runs `node <program>`, until it prints that it is running. */
  async run(program: string): Promise<void> {
    const running = Program.start([program], this.folder, this.env);
    this.programs.push(running);
    await running.says('runs');
  }

  /** Runs `set -a; . ./.env; set +a`. */
  async readEnv(): Promise<void> {
    this.env = { ...this.env, ...parseEnv(await this.read('.env')) };
  }

  async restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    if (!this.isStale && Object.keys(settings).length === 0) return;
    await this.app?.stop();
    this.app = Program.start(['src/main.ts'], this.folder, { ...this.env, ...settings });
    await this.app.says('Nest application successfully started');
    await until(true, () => fetch(`http://localhost:${this.port}`).then(Boolean, () => false));
    this.isStale = false;
  }

  /** Output of the running application. */
  get log(): string {
    return this.app?.log ?? '';
  }

  async ask(command: string): Promise<Response> {
    await this.restart();
    const { url, init } = readCurl(command, this.env);
    return fetch(url.replace('localhost:3000', `localhost:${this.port}`), init);
  }

  /**
   * Runs the tests of the page, in Jest in place of Vitest, whose globals it shares, and in a shell
   * that has not read `.env`.
   */
  async test(line: string): Promise<void> {
    if (line === 'npm test') return;
    const here = JSON.stringify(join(this.folder, 'test'));
    const config = [
      `import config from ${JSON.stringify(join(ROOT, 'jest.config.mjs'))};`,
      `const own = { rootDir: ${JSON.stringify(ROOT)}, roots: [${here}], globalSetup: undefined };`,
      'const open = { testPathIgnorePatterns: [], modulePathIgnorePatterns: [] };',
      'export default { ...config, ...own, ...open };',
    ];
    await writeFile(join(this.folder, 'jest.config.mjs'), config.join('\n'));
    const args = ['--experimental-vm-modules', JEST, '--config', 'jest.config.mjs', '--verbose'];
    await this.succeed(Program.start(args, this.folder, this.shell));
  }

  async close(): Promise<void> {
    await Promise.all([...this.programs, ...(this.app ? [this.app] : [])].map((one) => one.stop()));
    await rm(this.workshop, { recursive: true, force: true });
  }

  private async succeed(program: Program): Promise<void> {
    if ((await program.result()) !== 0) throw new Error(program.log);
  }
}
