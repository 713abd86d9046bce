// `npm run release -- <add | version | check | publish>`: see "Releases" in CONTRIBUTING.md.
// Installs Changesets into this folder the first time.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '../..');
const library = join(root, 'libs/patronus');
const changedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Runs a command to its end in this terminal. */
function run(command, args, cwd = root) {
  const { status, signal } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? status}`);
}

/** Runs a command to its end, and returns its output. */
function read(command, args, cwd = root) {
  const { status, signal, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return { stdout, stderr };
  throw new Error(
    `${command} ${args.join(' ')} ended with ${signal ?? status}\n${stdout}${stderr}`,
  );
}

function changeset(...args) {
  if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], here);
  }
  run(process.execPath, [join(here, 'node_modules/@changesets/cli/bin.js'), ...args]);
}

/** The manifest in the packed file, and the paths of all files there. */
function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-release-'));
  try {
    const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
    const [{ filename, files }] = JSON.parse(read('npm', args, library).stdout);
    const tar = ['-xOf', join(folder, filename), 'package/package.json'];
    return { manifest: JSON.parse(read('tar', tar).stdout), paths: files.map(({ path }) => path) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fails if npm would refuse the library, correct its manifest, or publish it without its command. */
function check() {
  run('npm', ['run', '--silent', 'build']);
  const publish = ['publish', '--dry-run', '--ignore-scripts', '--tag', 'rehearsal'];
  const { stderr } = read('npm', publish, library);
  const corrected = stderr
    .split('\n')
    .filter((line) => /warn publish .*(?:correct|"bin)/.test(line));
  const { manifest, paths } = pack();
  const commands = Object.entries(manifest.bin ?? {});
  const problems = [
    ...corrected,
    ...(commands.some(([name]) => name === 'patronus') ? [] : ['no command patronus in "bin"']),
    ...commands.flatMap(([name, path]) =>
      paths.includes(path) ? [] : [`${name}: no file ${path}`],
    ),
    ...(paths.includes('CHANGELOG.md') ? [] : ['no CHANGELOG.md']),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`release: npm accepts ${manifest.name}@${manifest.version}, with its command`);
}

const STEPS = {
  add: () => changeset('add'),
  version() {
    changeset('version');
    run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']);
    run('npm', ['run', '--silent', 'format', '--', '--log-level', 'warn']);
  },
  check,
  publish() {
    check();
    changeset('publish');
  },
};

const [step = ''] = process.argv.slice(2);
try {
  if (!Object.hasOwn(STEPS, step)) throw new Error(`say which: ${Object.keys(STEPS).join(', ')}`);
  STEPS[step]();
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
