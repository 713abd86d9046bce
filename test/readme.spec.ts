import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

function snippetsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

/** What the compiler says of each snippet, as `index: message`. */
function errorsIn(snippets: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const lenient = { ...options, noUnusedLocals: false };
  const files = new Map(
    snippets.map((code, index) => [join(ROOT, 'test', `snippet-${index}.ts`), code]),
  );
  const host = ts.createCompilerHost(lenient);
  const { readFile, fileExists } = ts.sys;
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const program = ts.createProgram([...files.keys()], lenient, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const index = file === undefined ? -1 : [...files.keys()].indexOf(file.fileName);
    return `${index}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe('README.md', () => {
  const stale = "import { RequirePermission } from '@patronus/nestjs';\nRequirePermission;\n";

  it('has snippets that compile, and would notice one that does not', () => {
    const snippets = snippetsOf('README.md');
    expect(snippets.length).toBeGreaterThan(4);
    expect(errorsIn([...snippets, stale])).toEqual([
      expect.stringContaining(`${snippets.length}: `),
    ]);
  }, 60_000);
});
