import { copyFileSync, createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { FreshApp } from './fresh-app.mjs';
import { ROOT } from './packed.mjs';
import { PEER_ENDS } from './peer-ends.mjs';
import { run, step } from './step.mjs';

const FILE_ADDRESS = 'https://files.novah.example/';
const REMOTE = 'git@github.com:novah/patronus-nestjs.git';
const GIT_ADDRESS = 'git+ssh://git@github.com/novah/patronus-nestjs.git';

/** The commands of `docs/installing.md` that have a text in them, in the order of the page. */
function commandsWith(text) {
  const page = readFileSync(join(ROOT, 'docs/installing.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  const found = blocks.filter((code) => code.includes(text));
  if (found.length !== 1)
    throw new Error(`docs/installing.md: ${found.length} blocks have ${text}`);
  return found[0];
}

/** Installs the library from the address of a file and from a Git repository, as the guide says. */
export async function checkSources(folder, file) {
  await step('installing from the address of the packed file', async () => {
    const server = createServer((_, response) => createReadStream(file).pipe(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = `http://127.0.0.1:${server.address().port}/`;
      const command = commandsWith(FILE_ADDRESS).replace(FILE_ADDRESS, address);
      await checkInstalled(join(folder, 'from-file'), command);
    } finally {
      server.close();
    }
  });
  await step('installing from a Git repository', async () => {
    const remote = join(folder, 'remote.git');
    await run('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', remote], ROOT);
    const workshop = join(folder, 'workshop');
    mkdirSync(workshop);
    copyFileSync(file, join(workshop, basename(file)));
    await shell(commandsWith(REMOTE).replace(REMOTE, remote), workshop);
    const command = commandsWith(GIT_ADDRESS).replace(GIT_ADDRESS, `git+file://${remote}`);
    await checkInstalled(join(folder, 'from-git'), command);
  });
}

/** A guarded application, in both module systems, with what a command has installed. */
async function checkInstalled(folder, command) {
  const { required, platform, typescript } = PEER_ENDS['nest-12-newest'];
  const nest = required.filter((name) => /^(?:@nestjs\/co|reflect-metadata|rxjs)/.test(name));
  const app = new FreshApp(folder);
  await app.install([...nest, platform, typescript, '@types/node@^24.0.0']);
  await shell(command, folder);
  app.addApplication();
  await app.compile('next', { module: 'nodenext', skipLibCheck: true });
  for (const system of ['esm', 'cjs']) {
    const readme = join(folder, 'next', system, 'readme.module.js');
    await app.run(process.execPath, [join('next', system, 'main.js'), readme]);
  }
}

function shell(commands, cwd) {
  const identity = ['clinic', 'clinic@novah.example'];
  const [GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL] = identity;
  const [GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL] = identity;
  const names = { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL };
  return run('bash', ['-ec', commands], cwd, { env: { ...process.env, ...names } });
}
