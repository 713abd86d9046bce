import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { plainEnvironment } from '../../environment/plain-environment.js';
import { until } from '../../environment/until.js';
import { readCurl } from '../../docs/start/curl.js';
import type { Clinic } from '../../docs/start/walk.js';
import { freePort } from '../../environment/free-port.mjs';

/** A choice of the reader: the command of the CLI, the answers to its questions, the module system. */
export interface Kind {
  readonly name: string;
  /** Replacements for commands of the page, by their first words. */
  readonly commands: Readonly<Record<string, string>>;
  /** Answers to the questions with these texts; a question without an answer is an error. */
  readonly answers: Readonly<Record<string, string>>;
  readonly isCommonJs: boolean;
}

/** Timeout of a command, in milliseconds. */
const LIMIT = 180_000;
/** Maximum length of the output that is kept, in characters. */
const KEPT = 8_000;
const E2E = 'test/app.e2e-spec.ts';

/** Application as `nest new` creates it, from the registry, with the packed library. */
export class NewApplication implements Clinic {
  /** Commands to run when the library is installed. */
  afterInstall: readonly string[] = [];
  private readonly folder: string;
  private readonly programs: ChildProcess[] = [];
  private app: ChildProcess | undefined;
  private output = '';
  private isStale = true;
  private port = 0;
  /** Test that the CLI has written, until the page replaces it. */
  private generated = '';
  private readonly shell: NodeJS.ProcessEnv;
  private env: NodeJS.ProcessEnv;

  constructor(
    private readonly workshop: string,
    private readonly file: string,
    readonly kind: Kind,
  ) {
    this.folder = join(workshop, 'clinic');
    this.shell = {
      ...plainEnvironment(),
      HOME: process.env['HOME'],
      // The registry may be behind a proxy with a certificate authority of its own.
      NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'],
      npm_config_cafile: process.env['npm_config_cafile'],
      NO_COLOR: '1',
      // npm asks before it downloads the CLI.
      npm_config_yes: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
      GIT_AUTHOR_NAME: 'clinic',
      GIT_AUTHOR_EMAIL: 'clinic@novah.example',
      GIT_COMMITTER_NAME: 'clinic',
      GIT_COMMITTER_EMAIL: 'clinic@novah.example',
    };
    this.env = this.shell;
  }

  /** Types the command into a terminal, and answers what the CLI asks. */
  async generate(line: string): Promise<void> {
    await mkdir(this.workshop, { recursive: true });
    // `script` is the terminal: without one, the CLI asks nothing. In one without a size, it draws for ever.
    const command = `stty rows 40 cols 120; ${line}`;
    const args = ['-qec', command, '/dev/null'];
    const terminal = this.start('script', args, this.workshop, this.shell);
    const answers = new Map(Object.entries(this.kind.answers));
    let said = '';
    terminal.stdout?.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-KEPT);
      for (const [question, answer] of answers) {
        if (!said.includes(question)) continue;
        answers.delete(question);
        terminal.stdin?.write(answer);
      }
    });
    await ended(terminal, () => said);
    if (answers.size > 0) throw new Error(`not asked: ${[...answers.keys()].join(', ')}\n${said}`);
    this.generated = await readFile(join(this.folder, E2E), 'utf8');
  }

  async install(line: string): Promise<void> {
    await this.shellOut(line.replace('@patronus/nestjs', this.file));
    for (const command of this.afterInstall) await this.shellOut(command);
  }

  async write(path: string, code: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    // What the page says of CommonJS: imports of the reader's own files have no `.js`.
    const own = this.kind.isCommonJs && path.endsWith('.ts');
    await writeFile(file, own ? code.replaceAll(/( from '\.[^']*)\.js'/g, "$1'") : code);
    this.isStale = true;
  }

  async readEnv(): Promise<void> {
    const variables = parseEnv(await readFile(join(this.folder, '.env'), 'utf8'));
    this.env = { ...this.shell, ...variables };
  }

  async run(program: string): Promise<void> {
    const running = this.start('node', program.split(' '), this.folder, this.shell);
    await says(running, 'runs');
  }

  async restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    if (!this.isStale && Object.keys(settings).length === 0) return;
    await stop(this.app);
    this.port = await freePort();
    this.output = '';
    const env = { ...this.env, ...settings, PORT: String(this.port) };
    this.app = this.start('npm', ['start'], this.folder, env);
    for (const stream of [this.app.stdout, this.app.stderr]) {
      stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    }
    await says(this.app, 'Nest application successfully started');
    await until(true, () => fetch(`http://localhost:${this.port}`).then(Boolean, () => false));
    this.isStale = false;
  }

  get log(): string {
    return this.output;
  }

  async ask(command: string): Promise<Response> {
    await this.restart();
    const { url, init } = readCurl(command, this.env);
    return fetch(url.replace('localhost:3000', `localhost:${this.port}`), init);
  }

  /** Runs a test in a shell that has not read `.env`. */
  async test(line: string): Promise<void> {
    await this.shellOut(line);
  }

  /**
   * Runs the end-to-end test that the CLI wrote, beside the one of the page, in a shell that knows
   * the issuer.
   */
  async testGenerated(): Promise<void> {
    const file = join(this.folder, 'test/generated.e2e-spec.ts');
    await writeFile(file, this.generated);
    await this.shellOut('npm run test:e2e', this.env);
    await rm(file);
  }

  /** Adds settings to both configurations of Jest. */
  async configureJest(settings: object): Promise<void> {
    const manifest = await this.readJson('package.json');
    await this.writeJson('package.json', {
      ...manifest,
      jest: { ...Object(manifest['jest']), ...settings },
    });
    const e2e = await this.readJson('test/jest-e2e.json');
    await this.writeJson('test/jest-e2e.json', { ...e2e, ...settings });
  }

  /** Runs both kinds of tests, by another Node.js, without a flag. */
  async testUnder(node: string): Promise<void> {
    const jest = `${node} node_modules/jest/bin/jest.js`;
    await this.shellOut(jest);
    await this.shellOut(`${jest} --config test/jest-e2e.json`);
  }

  async close(): Promise<void> {
    for (const program of this.programs) await stop(program);
  }

  private async shellOut(line: string, env = this.shell): Promise<void> {
    const shell = this.start('bash', ['-ec', line], this.folder, env);
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) {
      stream?.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-KEPT)));
    }
    await ended(shell, () => `${line}\n${said}`);
  }

  /** Starts a program in a process group of its own, which ends with it. */
  private start(
    command: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
  ): ChildProcess {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe' });
    this.programs.push(child);
    return child;
  }

  private async readJson(path: string): Promise<Record<string, unknown>> {
    return Object(JSON.parse(await readFile(join(this.folder, path), 'utf8')));
  }

  private async writeJson(path: string, content: object): Promise<void> {
    await writeFile(join(this.folder, path), JSON.stringify(content, undefined, 2));
  }
}

/** Resolves when a program has ended with success, and throws its output otherwise. */
async function ended(program: ChildProcess, said: () => string): Promise<void> {
  const timer = setTimeout(() => killGroup(program), LIMIT);
  const [code, signal] = await once(program, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${said()}\n(${String(code ?? signal)})`);
}

/** Resolves when a program has printed a text. */
async function says(program: ChildProcess, text: string): Promise<void> {
  let said = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (part: Buffer) => {
      said += part.toString();
      program.emit('output');
    });
  }
  program.once('exit', () => program.emit('output'));
  while (!said.includes(text)) {
    if (program.exitCode !== null) throw new Error(`It ended, having said: ${said}`);
    await once(program, 'output', { signal: AbortSignal.timeout(LIMIT) });
  }
}

async function stop(program: ChildProcess | undefined): Promise<void> {
  if (program === undefined || program.exitCode !== null || program.signalCode !== null) return;
  const exit = once(program, 'exit');
  killGroup(program);
  await exit;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}
