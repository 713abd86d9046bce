import { describe, expect, it } from '@jest/globals';
import { wireModule } from './wire-module.js';

const DEV = { issuer: 'http://127.0.0.1:4010', audience: 'dev-api' };
const FOR_ROOT = `    PatronusModule.forRoot({
      identityProvider: oidc({ issuer: 'http://127.0.0.1:4010', audience: 'dev-api' }),
    }),`;

const moduleOf = (
  metadata: string,
  before = '',
): string => `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';
${before}
@Module(${metadata})
export class AppModule {}
`;

/** Returns the content of `@Module(…)` after the edit, with the imports of the file. */
function metadataOf(source: string): string | undefined {
  const wired = wireModule(source, DEV)?.replaceAll('\r\n', '\n');
  const [, head, metadata] = /^(.*)\n\n@Module\((.*)\)\nexport/s.exec(wired ?? '') ?? [];
  expect(head).toContain(
    [
      "import { Module } from '@nestjs/common';",
      "import { PatronusModule } from '@patronus/nestjs';",
      "import { oidc } from '@patronus/nestjs/jwt';",
      "import { AppController } from './app.controller.js';",
    ].join('\n'),
  );
  return metadata;
}

describe('wireModule', () => {
  it.each([
    ['none', '{\n  imports: [],\n}', `{\n  imports: [\n${FOR_ROOT}\n  ],\n}`],
    ['one line', '{\n  imports: [A, B],\n}', `{\n  imports: [\n${FOR_ROOT}\n    A, B,\n  ],\n}`],
    ['lines', '{\n  imports: [\n    A,\n  ],\n}', `{\n  imports: [\n${FOR_ROOT}\n    A,\n  ],\n}`],
    [
      'no member',
      '{\n  providers: [],\n}',
      `{\n  imports: [\n${FOR_ROOT}\n  ],\n  providers: [],\n}`,
    ],
    ['nothing', '{}', `{\n  imports: [\n${FOR_ROOT}\n  ],\n}`],
  ])('adds the module to imports of %s', (_shape, before, after) => {
    expect(metadataOf(moduleOf(before))).toBe(after);
  });

  it('finds the list behind comments, texts and inner objects that speak of another', () => {
    const inner = "{ provide: 'a', useValue: { imports: [] } }";
    const before = `{ // imports: [\n  providers: [${inner}],\n  /* ] } */ imports: [A],\n}`;
    const after = `{ // imports: [\n  providers: [${inner}],\n  /* ] } */ imports: [\n${FOR_ROOT}\n    A,\n  ],\n}`;
    expect(metadataOf(moduleOf(before))).toBe(after);
  });

  it('writes as the file is written: line ends, quotation marks, semicolons', () => {
    const source = moduleOf('{\n  imports: [],\n}')
      .replaceAll("'", '"')
      .replaceAll(';', '')
      .replaceAll('\n', '\r\n');
    const wired = wireModule(source, DEV);
    expect(wired).toContain('import { oidc } from "@patronus/nestjs/jwt"\r\nimport {');
    expect(wired).toContain('issuer: "http://127.0.0.1:4010"');
    expect(wired?.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('keeps what an audience says, whatever it says', () => {
    const wired = wireModule(moduleOf('{}'), { ...DEV, audience: "it's" });
    expect(wired).toContain('audience: "it\'s"');
  });

  it('changes nothing the second time', () => {
    const once = wireModule(moduleOf('{}'), DEV) ?? '';
    expect(wireModule(once, { ...DEV, audience: 'other' })).toBe(once);
  });

  it.each([
    ['metadata that lies elsewhere', moduleOf('metadata')],
    ['a list that is none', moduleOf('{ imports: list }')],
    ['a list that is part of a sum', moduleOf('{ imports: [].concat(list) }')],
    ['a name in quotation marks', moduleOf("{ 'imports': [] }")],
    ['a spread, which could replace the list', moduleOf('{ ...metadata }')],
    ['two modules', moduleOf('{}', '@Module({}) class Other {}')],
    ['brackets that do not meet', moduleOf('{ imports: [ }')],
    ['another Module', moduleOf('{}').replace('@nestjs/common', './module.js')],
    ['an import in a comment', `/*\n${moduleOf('{}').replace('\n', '\n*/\n')}`],
    ['no module', 'export const app = 1;\n'],
  ])('leaves %s alone', (_case, source) => {
    expect(wireModule(source, DEV)).toBeUndefined();
  });
});
