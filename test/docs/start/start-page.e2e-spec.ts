import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { compilerOptions, messagesOf } from '../compiler.js';
import { ClinicProject } from './clinic-project.js';
import { type Step, stepsOf } from './start-page.js';

/** What the page prints beside what was seen. */
interface Sight {
  readonly printed: string;
  readonly seen: string;
}

const PERMISSION = "  @RequirePermissions('patients.write')\n";
const GLOBALS = ['describe', 'it', 'expect', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'];

/** The globals of Vitest, as far as Jest has the same. */
const DECLARATIONS = [
  'declare global {',
  ...GLOBALS.map((name) => `const ${name}: (typeof import('@jest/globals'))['${name}'];`),
  '}',
  'export {};',
].join('\n');

/** Does what a command line says, and answers what a `curl` brought. */
async function obey(project: ClinicProject, line: string): Promise<Response | undefined> {
  const [program, ...args] = line.split(' ');
  if (program === 'curl') return project.ask(line);
  if (line.startsWith('npx @nestjs/cli new ')) await project.generate(args.slice(1));
  else if (line.startsWith('set -a; ')) await project.readEnv();
  else if (program === 'node') await project.run(args.join(' '));
  else if (line === 'npm start') await project.restart();
  else if (line === 'npm run test:e2e') {
    const { passed, log } = await project.test();
    if (!passed) throw new Error(log);
  } else if (program !== 'cd' && !line.startsWith('npm install '))
    throw new Error(`cannot: ${line}`);
  return undefined;
}

/** The lines of an answer that the page prints: status, some headers, body. */
async function seenOf(response: Response, printed: string): Promise<string> {
  const [head = ''] = printed.split('\n\n', 1);
  const names = head
    .split('\n')
    .slice(1)
    .map((line) => line.split(':', 1)[0] ?? '');
  const headers = names.map((name) => `${name}: ${response.headers.get(name)}`);
  const status = `HTTP/1.1 ${response.status} ${response.statusText}`;
  return `${[status, ...headers].join('\n')}\n\n${await response.text()}`;
}

/** Whether a text has all that is printed, in this order, with anything where `…` stands. */
function found(printed: string, text: string): string {
  let from = 0;
  for (const part of printed.split('…')) {
    const at = text.indexOf(part, from);
    if (at < 0) return text;
    from = at + part.length;
  }
  return printed;
}

async function walk(project: ClinicProject, steps: readonly Step[]): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  let answer: Response | undefined;
  for (const step of steps) {
    if (step.kind === 'file') await project.write(step.path, step.code);
    else if (step.kind === 'command') {
      for (const line of step.lines) answer = await obey(project, line);
    } else if (step.kind === 'log') {
      sights.push({ printed: step.text, seen: found(step.text, project.log) });
    } else if (answer === undefined) throw new Error(`no request before ${step.text}`);
    else sights.push({ printed: step.text, seen: await seenOf(answer, step.text) });
  }
  return sights;
}

describe('docs/start.md', () => {
  const steps = stepsOf('docs/start.md');
  let project: ClinicProject;

  beforeAll(async () => {
    project = await ClinicProject.open('clinic');
  });

  afterAll(async () => {
    await project.close();
  });

  it('says what its reader sees, at each step', async () => {
    const sights = await walk(project, steps);
    expect(sights.length).toBeGreaterThan(8);
    expect(sights.map(({ seen }) => seen)).toEqual(sights.map(({ printed }) => printed));
  }, 120_000);

  it('ends with a project that compiles', async () => {
    await project.write('globals.d.ts', DECLARATIONS);
    const files = globSync('{src,test,.}/*.ts', { cwd: project.folder })
      .filter((file) => !file.startsWith('vitest.config'))
      .map((file) => join(project.folder, file));
    expect(files.length).toBeGreaterThan(6);
    const options = { ...compilerOptions(), verbatimModuleSyntax: false };
    const program = ts.createProgram(files, options);
    expect(messagesOf(program, (file) => relative(project.folder, file))).toEqual([]);
  }, 60_000);

  it('uses packages that its reader has', async () => {
    const manifest = await project.read('package.json');
    const installs = steps.flatMap((step) => (step.kind === 'command' ? step.lines : []));
    const given = `${manifest} ${installs.filter((line) => line.startsWith('npm install')).join(' ')} `;
    const codes = steps.flatMap((step) => (step.kind === 'file' ? [step.code] : []));
    const imports = codes.flatMap((code) => [...code.matchAll(/ from '([^.'][^']*)'/g)]);
    const names = imports.map(([, path = '']) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
    const foreign = names.filter((name) => !name.startsWith('node:'));
    expect(foreign.length).toBeGreaterThan(5);
    expect(foreign.filter((name) => !new RegExp(`[" ]${name}[" ]`).test(given))).toEqual([]);
  });

  it('has a test that fails without the permission', async () => {
    const controller = await project.read('src/patients.controller.ts');
    expect(controller).toContain(PERMISSION);
    await project.write('src/patients.controller.ts', controller.replace(PERMISSION, ''));
    const { passed, log } = await project.test();
    expect(passed).toBe(false);
    expect(log).toContain('✕ are not added by a receptionist');
    expect(log).toContain('✓ are added by a doctor');
  }, 60_000);
});
