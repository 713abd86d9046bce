import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { compilerOptions, messagesOf } from '../compiler.js';
import { ClinicProject } from './clinic-project.js';
import { stepsOf } from './start-page.js';
import { walk } from './walk.js';

const PERMISSION = "  @RequirePermissions('patients.write')\n";
const GLOBALS = ['describe', 'it', 'expect', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'];

/** Globals of Vitest that Jest has as well. */
const DECLARATIONS = [
  'declare global {',
  ...GLOBALS.map((name) => `const ${name}: (typeof import('@jest/globals'))['${name}'];`),
  '}',
  'export {};',
].join('\n');

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
    const log = await project.test('npm run test:e2e').catch(String);
    expect(log).toContain('✕ does not let a receptionist add a patient');
    expect(log).toContain('✓ lets a doctor add a patient');
  }, 60_000);
});
