import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MarkdownPage, ROOT } from '../../docs/markdown-page.js';
import { stepsOf } from '../../docs/start/start-page.js';
import { walk } from '../../docs/start/walk.js';
import { NewApplication, type Kind } from './new-application.js';

/** Choices of the reader of `docs/start.md` in its first section. */
const KINDS: readonly Kind[] = [
  {
    name: 'Nest 12, ES modules',
    commands: {},
    answers: { '@nestjs/observe': 'n\r', 'module system': '\r' },
    isCommonJs: false,
  },
  {
    name: 'Nest 12, CommonJS',
    commands: {},
    answers: { '@nestjs/observe': 'n\r', 'module system': '\u001B[B\r' },
    isCommonJs: true,
  },
  {
    name: 'Nest 11',
    commands: {
      'npx @nestjs/cli new': 'npx @nestjs/cli@11 new clinic --package-manager npm',
      'npm install': 'npm install @patronus/nestjs nestjs-cls@6',
    },
    answers: {},
    isCommonJs: true,
  },
];

const START = 'docs/start.md';
const INSTALLING = new MarkdownPage('docs/installing.md');

/** Commands or settings by which the guide changes an application of Nest 11 for Jest. */
const jestCommands = (): readonly string[] =>
  INSTALLING.snippets('sh').flatMap(({ code }) =>
    code.split('\n').filter((line) => line.startsWith('npm pkg set ')),
  );

function jestSettings(): object {
  const [settings] = INSTALLING.snippets('json');
  return Object(JSON.parse(settings?.code ?? '{}'));
}

interface Checking {
  /** The packed library. */
  readonly file: string;
  /** Node.js whose Jest does not load ES modules from CommonJS. */
  readonly oldNode: string;
  readonly isWanted: (name: string) => boolean;
  readonly step: (what: string, work: () => Promise<void>) => Promise<void>;
}

/** Follows `docs/start.md` in applications that the Nest CLI creates, with the packed library. */
export async function checkNewApplications(
  folder: string,
  { file, oldNode, isWanted, step }: Checking,
): Promise<void> {
  for (const kind of KINDS.filter(({ name }) => isWanted(name))) {
    await step(`${START}: ${kind.name}`, async () => {
      const application = new NewApplication(
        join(folder, kind.name.replaceAll(/\W+/g, '-')),
        file,
        kind,
      );
      try {
        await follow(application);
        if (isNest11(kind)) {
          await application.configureJest(jestSettings());
          await application.testUnder(oldNode);
        }
      } finally {
        await application.close();
      }
    });
  }
}

const isNest11 = ({ commands }: Kind): boolean => Object.keys(commands).length > 0;

/** Returns the command that the reader types in place of the one of the page. The page has both. */
function commandOf({ commands }: Kind, line: string): string {
  const [, command = line] =
    Object.entries(commands).find(([start]) => line.startsWith(start)) ?? [];
  assert.ok(
    readFileSync(join(ROOT, START), 'utf8').includes(command),
    `not in ${START}: ${command}`,
  );
  return command;
}

async function follow(application: NewApplication): Promise<void> {
  const { kind } = application;
  const steps = stepsOf(START).map((one) =>
    one.kind === 'command'
      ? { ...one, lines: one.lines.map((line) => commandOf(kind, line)) }
      : one,
  );
  if (isNest11(kind)) application.afterInstall = jestCommands();
  const sights = await walk(application, steps);
  assert.ok(sights.length > 9, 'the page prints fewer answers than it did');
  assert.deepEqual(
    sights.map(({ seen }) => seen),
    sights.map(({ printed }) => printed),
  );
  await application.testGenerated();
}
