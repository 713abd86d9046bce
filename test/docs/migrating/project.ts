import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { plainEnvironment } from '../../environment/plain-environment.js';
import { compilerOptions, messagesOf } from '../compiler.js';
import { ROOT } from '../markdown-page.js';
import { Program } from '../start/program.js';

/** Folder that git, jest and the linter ignore. */
const WORKSHOP = join(ROOT, 'test/docs/dist');

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { abortOnError: false, logger: false });
await app.listen(0, '127.0.0.1');
console.log(\`at \${await app.getUrl()} it listens\`);
`;

/** Returns the files that a section of a page has its reader write, by their names. */
export function filesUnder(page: string, heading: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) throw new Error(`${page} has no "${heading}"`);
  const rest = text.slice(start + heading.length + 1);
  const end = /^#{2,3} /m.exec(rest)?.index ?? rest.length;
  const fences = rest.slice(0, end).matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm);
  return new Map([...fences].map(([, name = '', code = '']) => [name, code]));
}

/** Application in its own folder, which a test changes as a page says, compiles and starts. */
export class Project {
  #program: Program | undefined;
  #compiled: ts.Program | undefined;

  private constructor(readonly folder: string) {}

  /** @param origin - a folder with the files to begin with */
  static async open(origin?: string): Promise<Project> {
    await mkdir(WORKSHOP, { recursive: true });
    const project = new Project(await mkdtemp(join(WORKSHOP, 'migrating-')));
    if (origin !== undefined) await cp(origin, project.folder, { recursive: true });
    await project.write('main.ts', MAIN);
    return project;
  }

  async write(name: string, code: string): Promise<void> {
    await writeFile(join(this.folder, name), code);
  }

  /** Writes the files of a section. */
  async follow(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, code] of files) await this.write(name, code);
  }

  async edit(name: string, change: (code: string) => string): Promise<void> {
    const code = await readFile(join(this.folder, name), 'utf8');
    const changed = change(code);
    if (changed === code) throw new Error(`${name} has nothing to change`);
    await this.write(name, changed);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name));
  }

  /** Returns the messages of the compiler for its files. */
  errors(): readonly string[] {
    const files = readdirSync(this.folder).map((name) => join(this.folder, name));
    this.#compiled = ts.createProgram(files, compilerOptions(), undefined, this.#compiled);
    const program = this.#compiled;
    return files.flatMap((file) => messagesOf(program, basename, file));
  }

  /**
   * Starts the application.
   *
   * @returns its URL
   */
  async start(env: NodeJS.ProcessEnv): Promise<string> {
    await this.stop();
    const program = Program.start(['main.ts'], this.folder, { ...plainEnvironment(), ...env });
    this.#program = program;
    await program.says('it listens');
    return /at (\S+) it listens/.exec(program.log)?.[1] ?? '';
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }
}
