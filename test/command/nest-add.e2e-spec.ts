import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { NestProject, ROOT } from './nest-project.js';

const MODULE = 'src/app.module.ts';

/**
 * Returns the errors of the compiler in a file of the project, with the library's sources as the
 * library.
 */
function errorsIn(project: NestProject): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([join(project.folder, MODULE)], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe.each(['esm', 'cjs'] as const)('nest add @patronus/nestjs, to %s', (type) => {
  let made: NestProject;
  let project: NestProject;
  beforeAll(async () => {
    made = await NestProject.create(type);
  });
  beforeEach(() => {
    project = made.copy();
  });
  afterEach(() => project.remove());
  afterAll(() => made.remove());

  const files = () => ({ module: project.read(MODULE), manifest: project.read('package.json') });

  it('guards a new application, once', async () => {
    const { code, said } = await project.add();
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining('npx patronus dev-idp'),
    });
    const { module, manifest } = files();
    expect(module).toContain(`  imports: [
    PatronusModule.forRoot({
      identityProvider: oidc({ issuer: 'http://127.0.0.1:4010', audience: 'dev-api' }),
    }),
  ],
  controllers: [AppController],`);
    expect(JSON.parse(manifest).dependencies['nestjs-cls']).toBe('^7.0.0');
    const again = await project.add('--audience=other');
    expect(again).toMatchObject({ code: 0, said: expect.stringContaining('already') });
    expect(files()).toEqual({ module, manifest });
  });

  it('adds the nestjs-cls that starts with Nest 11', async () => {
    const manifest = JSON.parse(project.read('package.json'));
    manifest.dependencies['@nestjs/core'] = '^11.0.1';
    project.write('package.json', JSON.stringify(manifest));
    expect((await project.add()).code).toBe(0);
    const { dependencies } = JSON.parse(project.read('package.json'));
    expect(dependencies['nestjs-cls']).toBe('^6.0.0');
  });

  it('writes nothing with --dry-run', async () => {
    const before = files();
    const { code, said } = await project.add('--dry-run');
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`UPDATE ${MODULE}`) });
    expect(files()).toEqual(before);
  });

  it('changes neither file where it does not know one of them', async () => {
    project.write(MODULE, project.read(MODULE).replace('imports: []', 'imports: list'));
    const before = files();
    const { code, said } = await project.add();
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining(`${MODULE} is not as`),
    });
    expect(files()).toEqual(before);
  });

  it('refuses an issuer that is none, and an option that is none', async () => {
    const before = files();
    const open = await project.add('--issuer=http://id.example');
    expect(open).toMatchObject({
      code: 1,
      said: expect.stringContaining('issuer: is not an https'),
    });
    expect((await project.add('--isuer=https://id.example')).code).toBe(1);
    expect(files()).toEqual(before);
  });
});

describe('what nest add writes', () => {
  let project: NestProject;
  beforeEach(async () => {
    project = await NestProject.create('esm');
  });
  afterEach(() => project.remove());

  it('compiles, with an issuer and an audience of your own', async () => {
    await project.add('--issuer=https://id.example/', '--audience=patients-api');
    expect(project.read(MODULE)).toContain(
      "oidc({ issuer: 'https://id.example/', audience: 'patients-api' })",
    );
    expect(errorsIn(project)).toEqual([]);
    project.write(MODULE, project.read(MODULE).replace('audience:', 'audiense:'));
    expect(errorsIn(project)).toHaveLength(1);
  }, 60_000);
});
