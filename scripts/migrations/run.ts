// `npm run migrations`: what the migrations since the last release do to the code of that release. None may
// take something from it, and its end-to-end suites run on the tables that they make.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASELINE } from '../baseline.js';
import { contractionsIn, type Migration } from './contractions.js';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = 'apps/auth-server/migrations';
const JOURNAL = `${FOLDER}/meta/_journal.json`;
const TAGS = '@patronus/auth-server@*';
/** The rooms whose suites keep rows. */
const ROOMS = ['accounts', 'sign-in', 'sessions', 'clients', 'oauth', 'notifications'];
/** Suites that start what was built: the release is not built here. */
const BUILT = 'clients/declared|clients-declared';

interface Entry {
  readonly tag: string;
  readonly when: number;
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The last release before this commit: a tag or, until there is one, the baseline. */
function lastRelease(): string | undefined {
  const tag = git('describe', '--tags', '--abbrev=0', '--match', TAGS);
  return (
    tag ??
    (git('merge-base', '--is-ancestor', BASELINE, 'HEAD') === undefined ? undefined : BASELINE)
  );
}

function entriesOf(text: string): readonly Entry[] {
  const journal: unknown = JSON.parse(text);
  if (!isJournal(journal)) throw new Error(`${JOURNAL} has no entries`);
  return journal.entries;
}

function isJournal(value: unknown): value is { readonly entries: readonly Entry[] } {
  return typeof value === 'object' && value !== null && 'entries' in value;
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The faults of the unreleased migrations, for the code of the release. */
function problemsSince(
  release: string,
  released: readonly Entry[],
  all: readonly Entry[],
): string[] {
  const unreleased = all.slice(released.length);
  const migrations: Migration[] = unreleased.map(({ tag }) => ({
    tag,
    sql: read(`${FOLDER}/${tag}.sql`),
  }));
  const tags = released.map(({ tag }) => tag);
  const changed = released.filter(
    ({ tag }, index) =>
      all[index]?.tag !== tag ||
      git('diff', '--quiet', release, '--', `${FOLDER}/${tag}.sql`) === undefined,
  );
  // Drizzle leaves out what is older than the last migration that a database has had.
  const late = all.filter(({ when }, index) => when <= (all[index - 1]?.when ?? 0));
  return [
    ...changed.map(({ tag }) => `${tag}: was released, and has changed since`),
    ...late.map(({ tag }) => `${tag}: is older than the one before it, and would be left out`),
    ...contractionsIn(migrations, tags).map(
      (one) =>
        `${one}\n    drops, renames or tightens. Release the migration that makes it unnecessary first, and` +
        ' name that one in a line above the statement: -- expanded in <migration>',
    ),
  ];
}

/** Runs the suites of the release, from its own sources, on the tables of this tree. */
function suitesOf(release: string): boolean {
  const tree = mkdtempSync(join(tmpdir(), 'patronus-release-'));
  try {
    const archive = `git archive ${release} | tar -x -C ${tree}`;
    if (spawnSync('bash', ['-o', 'pipefail', '-c', archive], { cwd: ROOT }).status !== 0)
      return false;
    rmSync(join(tree, FOLDER), { recursive: true });
    cpSync(join(ROOT, FOLDER), join(tree, FOLDER), { recursive: true });
    for (const packages of [
      'node_modules',
      ...globSync('{apps,libs}/*/node_modules', { cwd: ROOT }),
    ]) {
      symlinkSync(join(ROOT, packages), join(tree, packages));
    }
    // On what is embedded, which nothing else uses at the same time.
    const { CI: _ci, DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
    const jest = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'node_modules/jest/bin/jest.js'),
      `--rootDir=${tree}`,
      `--config=${join(tree, 'jest.config.mjs')}`,
      `--testPathIgnorePatterns=${BUILT}`,
      '--silent',
      ...ROOMS.map((room) => `test/auth-server/${room}`),
    ];
    return spawnSync(process.execPath, jest, { cwd: tree, env, stdio: 'inherit' }).status === 0;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function main(): void {
  const release = lastRelease();
  if (release === undefined) {
    console.log('migrations: left out, the history reaches back to no release');
    return;
  }
  const released = entriesOf(git('show', `${release}:${JOURNAL}`) ?? '{"entries":[]}');
  const all = entriesOf(read(JOURNAL));
  const problems = problemsSince(release, released, all);
  for (const problem of problems) console.error(`  ${problem}`);
  if (problems.length > 0) {
    process.exitCode = 1;
    return;
  }
  const count = all.length - released.length;
  console.log(`migrations: ${count} since ${release}, each without harm to its code`);
  if (count > 0 && !suitesOf(release)) process.exitCode = 1;
}

main();
