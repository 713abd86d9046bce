// `npm run commits`: the style of each commit after the baseline, as CONTRIBUTING.md describes it.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { BASELINE } from './baseline.js';

const TYPES = 'build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test';
const HEADER = new RegExp(
  String.raw`^(?<type>${TYPES})(?:\((?<scope>[a-z0-9]+(?:-[a-z0-9]+)*)\))?(?<breaking>!)?: (?<subject>\S.*)$`,
);
/** These change what users get, so they name the room. */
const SCOPED = /^(?:feat|fix|perf|refactor)$/;
/** As in the configuration of commitlint for Conventional Commits. */
const LONGEST = 100;
const FOOTER = /^(?:[A-Z][\w-]*|BREAKING CHANGE): /;

/** The faults of a commit message: none for a good one. */
export function problemsOf(message: string): string[] {
  const [header = '', blank = '', ...body] = message.trimEnd().split('\n');
  const { type, scope, breaking, subject } = HEADER.exec(header)?.groups ?? {};
  const footer = body.find((line) => /^breaking[ -]changes?\b/i.test(line)) ?? '';
  const text = body
    .filter((line) => !FOOTER.test(line))
    .join('')
    .trim();
  const faults: readonly (readonly [boolean, string])[] = [
    [type === undefined, `does not begin with "type(scope): subject" (types: ${TYPES})`],
    [SCOPED.test(type ?? '') && scope === undefined, `a ${type} needs a scope`],
    [(subject ?? '').endsWith('.'), 'the subject ends with a full stop'],
    [blank !== '', 'the second line is not empty'],
    [text === '', 'has no body that says why'],
    [breaking === '!' && footer === '', 'has "!" and no "BREAKING CHANGE: …" footer'],
    [
      footer !== '' && !/^BREAKING CHANGE: \S/.test(footer),
      'write the footer as "BREAKING CHANGE: …"',
    ],
  ];
  const long = [header, ...body].filter(
    (line) => line.length > LONGEST && !/^\s|https?:/.test(line),
  );
  return [
    ...faults.filter(([holds]) => holds).map(([, problem]) => problem),
    ...long.map((line) => `longer than ${LONGEST} characters: "${line.slice(0, 40)}…"`),
  ];
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}

function main(): void {
  if (git('merge-base', '--is-ancestor', BASELINE, 'HEAD') === undefined) {
    console.log(`commits: left out, the history does not reach back to ${BASELINE.slice(0, 7)}`);
    return;
  }
  // A merge has the message of the tool that merged.
  const log = git('log', '--no-merges', '--format=%h%n%B%x00', `${BASELINE}..HEAD`) ?? '';
  const commits = log.split('\0').map((entry) => entry.trim());
  let wrong = 0;
  for (const [hash = '', ...lines] of commits.filter(Boolean).map((entry) => entry.split('\n'))) {
    const problems = problemsOf(lines.join('\n'));
    if (problems.length === 0) continue;
    wrong += 1;
    console.error([`${hash} ${lines[0]}`, ...problems].join('\n  '));
  }
  console.log(`commits: ${commits.length - 1} checked, ${wrong} to reword`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
