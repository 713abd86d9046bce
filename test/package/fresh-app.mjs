import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, versionOf } from './packed.mjs';
import { run } from './step.mjs';

/** What `nest new` brings. */
const NEST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@types/node',
  'reflect-metadata',
  'rxjs',
  'typescript',
];

const COMPILER_OPTIONS = {
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  rootDir: 'src',
};

const at = (name) => `${name}@${versionOf(name)}`;

/** A Nest application in a folder of its own, which knows nothing of the workspace. */
export class FreshApp {
  constructor(folder, kind) {
    this.folder = folder;
    mkdirSync(join(folder, 'src'), { recursive: true });
    this.write('package.json', JSON.stringify({ private: true, ...kind }));
  }

  write(path, text) {
    writeFileSync(join(this.folder, path), text);
  }

  /** Installs Nest, and the packed library as its README says. */
  async install(file) {
    await this.#npmInstall([...NEST.map(at), at('nestjs-cls'), file]);
  }

  async add(packages) {
    await this.#npmInstall(packages.map(at));
  }

  /** Which of the packages are installed, wherever in the tree. */
  async installed(packages) {
    const lock = JSON.parse(readFileSync(join(this.folder, 'package-lock.json'), 'utf8'));
    const paths = Object.keys(lock.packages);
    return packages.filter((name) => paths.some((path) => path.endsWith(`node_modules/${name}`)));
  }

  copySources() {
    cpSync(join(import.meta.dirname, 'app'), join(this.folder, 'src'), { recursive: true });
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, snippet] = /^```ts\n([\s\S]*?)^```$/m.exec(readme);
    this.write('src/readme.module.ts', snippet);
  }

  /** Compiles `src` into a folder. */
  async compile(outDir, options) {
    const compilerOptions = { ...COMPILER_OPTIONS, ...options, outDir };
    const config = `tsconfig.${outDir}.json`;
    this.write(config, JSON.stringify({ compilerOptions, include: ['src'] }));
    await this.run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', config]);
  }

  run(command, args) {
    return run(command, args, this.folder);
  }

  async #npmInstall(packages) {
    const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await this.run('npm', ['install', ...flags, ...packages]);
  }
}
