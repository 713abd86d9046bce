import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './markdown-page.js';

/**
 * Returns the options that code of the documentation is compiled with: those of the tests, with
 * unused names allowed.
 */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  return { ...options, noUnusedLocals: false, moduleDetection: ts.ModuleDetectionKind.Force };
}

/**
 * Returns the messages of the compiler for a program, as `place: message`.
 *
 * @param only - file to check; all of them by default
 */
export function messagesOf(
  program: ts.Program,
  placeOf: (file: string) => string,
  only?: string,
): readonly string[] {
  const source = only === undefined ? undefined : program.getSourceFile(only);
  return ts.getPreEmitDiagnostics(program, source).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${file === undefined ? '' : placeOf(file.fileName)}: ${text}`;
  });
}
