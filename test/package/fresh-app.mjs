import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './packed.mjs';
import { npmInstall, run } from './step.mjs';

/** The module systems, each in a folder whose `package.json` says so. */
export const SYSTEMS = { esm: { type: 'module' }, cjs: { type: 'commonjs' } };

const COMPILER_OPTIONS = {
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  rootDir: 'src',
};

const PROTO = `syntax = "proto3";
package notes;
service Notes { rpc Read (Empty) returns (Note); }
message Empty {}
message Note { string reader = 1; }
`;

/** A Nest application in a folder of its own, once as ES modules and once in CommonJS. */
export class FreshApp {
  constructor(folder) {
    this.folder = folder;
    for (const [system, manifest] of Object.entries(SYSTEMS)) {
      mkdirSync(join(folder, 'src', system), { recursive: true });
      this.write(`src/${system}/package.json`, JSON.stringify(manifest));
    }
    this.write('package.json', JSON.stringify({ private: true }));
    cpSync(join(import.meta.dirname, 'load-entries.mjs'), join(folder, 'load-entries.mjs'));
  }

  write(path, text) {
    writeFileSync(join(this.folder, path), text);
  }

  /** `npm install`, without a flag that lets wrong versions pass. */
  async install(packages) {
    await npmInstall(this.folder, packages);
  }

  /** Returns the packages that are installed, anywhere in the tree. */
  installed(packages) {
    const lock = JSON.parse(readFileSync(join(this.folder, 'package-lock.json'), 'utf8'));
    const paths = Object.keys(lock.packages);
    return packages.filter((name) => paths.some((path) => path.endsWith(`node_modules/${name}`)));
  }

  /** The application of the README, and what asks it. */
  addApplication() {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, snippet] = /^```ts\n([\s\S]*?)^```$/m.exec(readme);
    for (const system of Object.keys(SYSTEMS)) {
      this.#copy('app', system);
      this.write(`src/${system}/readme.module.ts`, snippet);
    }
  }

  /** Adds code that needs the optional peers, and an import of each entry. */
  addPeers(entries) {
    this.write('notes.proto', PROTO);
    const lines = entries.map(({ name }, index) => `export * as entry${index} from '${name}';\n`);
    for (const system of Object.keys(SYSTEMS)) {
      this.#copy('app-with-peers', system);
      this.write(`src/${system}/entries.ts`, lines.join(''));
    }
  }

  #copy(from, system) {
    cpSync(join(import.meta.dirname, from), join(this.folder, 'src', system), { recursive: true });
  }

  /** Compiles `src`, or one module system of it, into a folder. */
  async compile(outDir, options, include = ['src']) {
    const compilerOptions = { ...COMPILER_OPTIONS, ...options, outDir };
    const config = `tsconfig.${outDir}.json`;
    this.write(config, JSON.stringify({ compilerOptions, include }));
    for (const [system, manifest] of Object.entries(SYSTEMS)) {
      mkdirSync(join(this.folder, outDir, system), { recursive: true });
      this.write(`${outDir}/${system}/package.json`, JSON.stringify(manifest));
    }
    await this.run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', config]);
  }

  run(command, args) {
    return run(command, args, this.folder);
  }
}
