import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { HOOKS } from './run-command.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIBRARY = join(ROOT, 'libs/patronus');
const NEST = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
const SCHEMATICS = createRequire(NEST).resolve('@angular-devkit/schematics-cli/bin/schematics.js');

/** Installs the library, with its schematics read from the sources. */
function installLibrary(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));
  const schematics = './schematics/collection.json';
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, schematics }));
  cpSync(join(LIBRARY, 'schematics'), join(folder, 'schematics'), { recursive: true });
  const collection = join(folder, 'schematics/collection.json');
  const source = readFileSync(collection, 'utf8');
  const built = /"\.\.\/dist\/(.*)\.js#/;
  if (!built.test(source)) throw new Error('collection.json names no built schematic.');
  writeFileSync(collection, source.replace(built, `"${LIBRARY}/src/$1.ts#`));
}

/** Project as `nest new` creates it, with the library among its installed packages. */
export class NestProject {
  private constructor(readonly folder: string) {}

  static async create(type: 'esm' | 'cjs'): Promise<NestProject> {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-nest-add-'));
    const project = new NestProject(folder);
    project.install();
    const flags = ['--name=clinic', '--directory=.', `--type=${type}`];
    const made = await project.run(SCHEMATICS, ['@nestjs/schematics:application', ...flags]);
    if (made.code !== 0) throw new Error(made.said);
    return project;
  }

  /** Copies the project, which takes less time than a new one. */
  copy(): NestProject {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-nest-add-'));
    const filter = (path: string) => basename(path) !== 'node_modules';
    cpSync(this.folder, folder, { recursive: true, filter });
    const project = new NestProject(folder);
    project.install();
    return project;
  }

  private install(): void {
    installLibrary(join(this.folder, 'node_modules/@patronus/nestjs'));
    symlinkSync(join(ROOT, 'node_modules/@nestjs'), join(this.folder, 'node_modules/@nestjs'));
  }

  /** Runs `nest add @patronus/nestjs`, without a registry. */
  add(...args: readonly string[]): Promise<{ code: unknown; said: string }> {
    return this.run(NEST, ['add', '@patronus/nestjs', '--skip-install', ...args]);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, content: string): void {
    writeFileSync(join(this.folder, path), content);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private async run(program: string, args: readonly string[]) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        // The Nest CLI starts the program that it finds under the name of node.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
        NODE_OPTIONS: `--no-warnings --import ${HOOKS}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code, said: out + err };
  }
}
