// `npm run test:package [-- <part> [<name>]]`: the library as npm packs it, in applications that know nothing of
// this workspace. Installs its tools, and the oldest Node.js of each line, into this folder the first time.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkEnds } from './at-the-ends.mjs';
import { checkSources } from './from-sources.mjs';
import { OLDEST_NODES, pack, problemsOf, ROOT } from './packed.mjs';
import { run, step } from './step.mjs';

const here = import.meta.dirname;
const temporary = mkdtempSync(join(tmpdir(), 'patronus-package-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const tool = (name) => join(here, 'node_modules/.bin', name);
const changedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The oldest Node.js of each line, where there is a binary for this system, and the one of this process. */
async function findNodes() {
  const paths = OLDEST_NODES.map((version) => join(here, `node_modules/node-${version}/bin/node`));
  const missing = OLDEST_NODES.filter((_, index) => !existsSync(paths[index]));
  if (missing.length > 0 && process.env.CI) throw new Error(`no Node.js ${missing.join(', ')}`);
  if (missing.length > 0) console.log(`package: left out: Node.js ${missing.join(', ')}`);
  const found = [...paths.filter((path) => existsSync(path)), process.execPath];
  const versionOf = async (path) => `Node.js ${(await run(path, ['--version'], here)).trim()}`;
  return Promise.all(found.map(async (path) => ({ path, version: await versionOf(path) })));
}

async function packAndLint() {
  const { file, contents } = await step('packing', () => pack(temporary));
  const problems = problemsOf(contents);
  if (problems.length > 0) throw new Error(`the packed file:\n  ${problems.join('\n  ')}`);
  await step('publint', () => run(tool('publint'), ['run', '--strict', file], temporary));
  // Each Node.js of "engines" can require an ES module, and that the compiler agrees is seen below.
  const ignored = ['--ignore-rules', 'cjs-resolves-to-esm'];
  await step('are the types wrong?', () => run(tool('attw'), [file, ...ignored], temporary));
  return file;
}

const PARTS = {
  ends: (file, nodes, isWanted) => checkEnds(join(temporary, 'ends'), { file, nodes, isWanted }),
  async new(file, [oldest], isWanted) {
    await import('../environment/typescript.hooks.mjs');
    const { checkNewApplications } = await import('./new-application/check.js');
    const oldNode = oldest.path;
    await checkNewApplications(join(temporary, 'new'), { file, oldNode, isWanted, step });
  },
  sources: (file) => checkSources(join(temporary, 'sources'), file),
};

async function main() {
  const [wanted, part = ''] = process.argv.slice(2);
  const isWanted = (name) => name.includes(part);
  if (wanted !== undefined && PARTS[wanted] === undefined)
    throw new Error(`There is no part ${wanted}: ${Object.keys(PARTS).join(', ')}.`);
  if (!existsSync(join(ROOT, 'libs/patronus/dist'))) throw new Error('run `npm run build`');
  if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
    const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await step('installing the tools into test/package', () => run('npm', args, here));
  }
  const file = await packAndLint();
  const nodes = await findNodes();
  const check = async (...names) => {
    for (const name of names) {
      if (wanted === undefined || wanted === name) await PARTS[name](file, nodes, isWanted);
    }
  };
  // One installs while the other compiles.
  await Promise.all([check('ends'), check('new', 'sources')]);
  console.log('package: all passed');
}

try {
  await main();
} catch (error) {
  console.error(`package: FAILED: ${error.message}`);
  process.exitCode = 1;
}
