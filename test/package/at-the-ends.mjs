import { join } from 'node:path';
import { FreshApp, SYSTEMS } from './fresh-app.mjs';
import { ENTRIES, OPTIONAL_PEERS, TYPE_ENTRIES } from './packed.mjs';
import { PEER_ENDS } from './peer-ends.mjs';
import { step } from './step.mjs';

const WITHOUT_PEERS = ENTRIES.filter(({ peers }) => peers.length === 0);
const ALL = [...ENTRIES, ...TYPE_ENTRIES];
const NODE_NEXT = { module: 'nodenext' };
/** Settings that the CLI of Nest wrote before version 11, and those of `module: commonjs` alone. */
const NODE_10 = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true };
const BUNDLER = { module: 'commonjs', moduleResolution: 'bundler', skipLibCheck: true };
/** Packages that `@nestjs/microservices` needs for gRPC, and the types of Node.js. */
const BESIDE = ['@grpc/grpc-js@^1.14.0', '@grpc/proto-loader@^0.8.0', '@types/node@^24.0.0'];
/**
 * Ends of the peer ranges at which the declarations of the library itself are checked: the first
 * and the last.
 */
const ALL_TYPES = new Set(['nest-11-oldest', 'nest-12-newest']);
/** Each module system with the `how` that loads an entry in it. */
const LOADS = { esm: 'import', cjs: 'require' };

/** Guards applications with the peers at each end of their ranges. */
export async function checkEnds(folder, { file, nodes, isWanted }) {
  if (isWanted('required')) {
    await checkWithoutOptionalPeers(join(folder, 'required'), file, nodes);
  }
  for (const name of Object.keys(PEER_ENDS).filter(isWanted)) {
    await checkEnd(name, join(folder, name), file, nodes);
  }
}

/** The packages that npm requires, and no other: each entry loads, or names the peer that it misses. */
async function checkWithoutOptionalPeers(folder, file, nodes) {
  const end = PEER_ENDS['nest-12-newest'];
  const app = new FreshApp(folder);
  await step('installing the required peers alone', async () => {
    await app.install([...end.required, end.platform, end.typescript, ...BESIDE, file]);
    const landed = app.installed(OPTIONAL_PEERS);
    if (landed.length > 0) throw new Error(`npm installed optional peers: ${landed.join(', ')}`);
  });
  app.addApplication();
  await step(`compiling, with the ${WITHOUT_PEERS.length} entries that need no peer`, async () => {
    const lines = WITHOUT_PEERS.map(({ name }, at) => `export * as entry${at} from '${name}';\n`);
    for (const system of Object.keys(SYSTEMS)) {
      app.write(`src/${system}/entries.ts`, lines.join(''));
    }
    await app.compile('next', NODE_NEXT);
    await app.compile('bundler', BUNDLER, ['src/cjs']);
  });
  for (const node of nodes) {
    await step(`guarding under ${node.version}`, async () => {
      await guard(app, node, 'bundler', ['cjs']);
      await guard(app, node, 'next', Object.keys(SYSTEMS));
      await load(app, node, 'missing');
    });
  }
}

async function checkEnd(name, folder, file, nodes) {
  const { nest, required, optional, platform, typescript } = PEER_ENDS[name];
  const app = new FreshApp(folder);
  await step(`${name}: installing`, () =>
    app.install([...required, ...optional, platform, typescript, ...BESIDE, file]),
  );
  app.addApplication();
  app.addPeers(ALL);
  await step(`${name}: compiling all ${ALL.length} entries`, async () => {
    await app
      .compile('next', { ...NODE_NEXT, skipLibCheck: !ALL_TYPES.has(name) })
      .catch(throwOurs);
    // TypeScript 6 calls node10 deprecated, and 7 does not know it: it goes with Nest 11.
    if (nest === 11) await app.compile('node10', NODE_10, ['src/cjs']).catch(throwOurs);
  });
  for (const node of [nodes[0], nodes.at(-1)]) {
    await step(`${name}: guarding, and loading all entries, under ${node.version}`, async () => {
      await guard(app, node, 'next', Object.keys(SYSTEMS));
      if (nest === 11) await guard(app, node, 'node10', ['cjs']);
      await load(app, node, 'present');
      for (const system of Object.keys(SYSTEMS)) {
        await app.run(node.path, [join('next', system, 'peers.js')]);
      }
    });
  }
  await step(`${name}: the testing kit under Vitest`, () =>
    app.run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--root', 'src/esm']),
  );
}

async function guard(app, node, output, systems) {
  for (const system of systems) {
    const compiled = join(output, system);
    const readme = join(app.folder, compiled, 'readme.module.js');
    await app.run(node.path, [join(compiled, 'main.js'), readme]);
  }
}

async function load(app, node, peersAre) {
  for (const how of Object.values(LOADS)) {
    await app.run(node.path, ['load-entries.mjs', peersAre, how, JSON.stringify(ENTRIES)]);
  }
}

/**
 * Messages that `skipLibCheck` suppresses. The guide says so, and each application of the CLI has
 * it.
 */
const NEEDS_SKIP_LIB_CHECK = [
  // The packages of CASL have no types that node10 finds.
  /declaration file for module '@casl\/ability'/,
  // Vitest 4 and 5 have different parameters for the interface of matchers.
  /testing\/vitest\.d\.ts.*All declarations of 'Matchers'/,
];

/** A peer whose own declarations are wrong is no fault of the library. */
function throwOurs(error) {
  if (!/: error TS\d+: /.test(error.message)) throw error;
  const ours = error.message.match(/^(?:src|node_modules\/@patronus)\/.*$/gm) ?? [];
  const left = ours.filter((line) => !NEEDS_SKIP_LIB_CHECK.some((known) => known.test(line)));
  if (left.length > 0) throw new Error(left.join('\n'));
}
