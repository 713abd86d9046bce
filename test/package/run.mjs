// `npm run test:package`: the library as npm packs it, in applications that know nothing of this
// workspace. Installs its tools, and the oldest Node.js of each line, into this folder the first time.
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FreshApp } from './fresh-app.mjs';
import {
  ENTRIES,
  OLDEST_NODES,
  OPTIONAL_PEERS,
  pack,
  problemsOf,
  ROOT,
  TYPE_ENTRIES,
} from './packed.mjs';
import { run, step } from './step.mjs';

const here = import.meta.dirname;
const temporary = mkdtempSync(join(tmpdir(), 'patronus-package-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const WITHOUT_PEERS = ENTRIES.filter(({ peers }) => peers.length === 0);
const NODE_NEXT = { module: 'nodenext' };
const COMMON_JS = { module: 'commonjs', moduleResolution: 'bundler' };

const tool = (name) => join(here, 'node_modules/.bin', name);
const changedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function expectNone(what, problems) {
  if (problems.length > 0) throw new Error(`${what}:\n  ${problems.join('\n  ')}`);
}

/** Where the binaries are; another system than theirs is tested with the Node of this process alone. */
function nodes() {
  const found = OLDEST_NODES.map((version) => join(here, `node_modules/node-${version}/bin/node`));
  const missing = OLDEST_NODES.filter((_, index) => !existsSync(found[index]));
  if (missing.length > 0 && process.env.CI) throw new Error(`no Node.js ${missing.join(', ')}`);
  if (missing.length > 0) console.log(`package: left out: Node.js ${missing.join(', ')}`);
  return [...found.filter((path) => existsSync(path)), process.execPath];
}

async function createApp(name, kind, file) {
  const app = new FreshApp(join(temporary, name), kind);
  await app.install(file);
  const landed = await app.installed(OPTIONAL_PEERS);
  expectNone(`npm installed optional peers into ${name}`, landed);
  app.copySources();
  cpSync(join(here, 'load-entries.mjs'), join(app.folder, 'load-entries.mjs'));
  return app;
}

/** Compiles what uses all of `entries`, with the declarations of every package checked as well. */
async function compile(app, entries, outputs) {
  const lines = entries.map(({ name }, index) => `export * as entry${index} from '${name}';\n`);
  app.write('src/entries.ts', lines.join(''));
  for (const [outDir, options] of Object.entries(outputs)) await app.compile(outDir, options);
}

/** A peer whose own declarations are wrong is no fault of the library. */
function throwOurs(error) {
  const ours = /^(?:src|node_modules\/@patronus)\/.*$/gm;
  if (!/^node_modules\/.*: error TS/m.test(error.message)) throw error;
  expectNone('what the compiler says', error.message.match(ours) ?? []);
}

async function start(app, outputs, node) {
  for (const output of outputs) {
    const snippet = join(app.folder, output, 'readme.module.js');
    await app.run(node, [join(output, 'main.js'), snippet]);
  }
}

const load = (app, node, peersAre, how) =>
  app.run(node, ['load-entries.mjs', peersAre, how, JSON.stringify(ENTRIES)]);

async function main() {
  if (!existsSync(join(ROOT, 'libs/patronus/dist'))) throw new Error('run `npm run build`');
  if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    await step('installing the tools into test/package', () => run('npm', args, here));
  }
  const { file, contents } = await step('packing', () => pack(temporary));
  expectNone('the contents of the package', problemsOf(contents));
  await step('publint', () => run(tool('publint'), ['run', '--strict', file], temporary));
  // `node10` cannot read "exports" at all. `cjs-resolves-to-esm` is what is wanted: each Node.js of
  // "engines" can require an ES module, and that the compiler agrees is seen below.
  const ignored = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'];
  await step('are the types wrong?', () => run(tool('attw'), [file, ...ignored], temporary));

  const [esm, cjs] = await step('installing it into two fresh applications', () =>
    Promise.all([
      createApp('es-module', { type: 'module' }, file),
      createApp('commonjs', {}, file),
    ]),
  );
  await step(`compiling, with the ${WITHOUT_PEERS.length} entries that need no peer`, () =>
    Promise.all([
      compile(esm, WITHOUT_PEERS, { next: NODE_NEXT }),
      compile(cjs, WITHOUT_PEERS, { next: NODE_NEXT, common: COMMON_JS }),
    ]),
  );
  const versions = nodes();
  for (const node of versions) {
    const version = (await run(node, ['--version'], temporary)).trim();
    await step(`guarding on Node.js ${version}`, async () => {
      await Promise.all([start(esm, ['next'], node), start(cjs, ['next', 'common'], node)]);
      await Promise.all([
        load(esm, node, 'missing', 'import'),
        load(cjs, node, 'missing', 'require'),
      ]);
    });
  }
  await step(`adding the ${OPTIONAL_PEERS.length} optional peers`, () => esm.add(OPTIONAL_PEERS));
  const all = [...ENTRIES, ...TYPE_ENTRIES];
  await step(`compiling, with all ${all.length} entries`, () =>
    compile(esm, all, { all: NODE_NEXT }).catch(throwOurs),
  );
  await step('loading all entries', async () => {
    for (const node of versions) {
      for (const how of ['import', 'require']) await load(esm, node, 'present', how);
    }
  });
  console.log('package: all passed');
}

try {
  await main();
} catch (error) {
  console.error(`package: FAILED: ${error.message}`);
  process.exitCode = 1;
}
