import { join } from 'node:path';
import ts from 'typescript';
import { LIBRARY } from './entries.js';

/**
 * Compiles the declarations that a build would write, as a separate program. They are made from the
 * sources, in memory, because those in `dist` are as old as the last build.
 */
export function compileDeclarations(files: readonly string[]): ts.Program {
  const { options, fileNames } = readConfig();
  const host = ts.createCompilerHost(options);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const parse = host.getSourceFile.bind(host);
  // Files that both programs read are parsed once.
  host.getSourceFile = (file, ...rest) => {
    const known = parsed.get(file) ?? parse(file, ...rest);
    parsed.set(file, known);
    return known;
  };
  const sources = ts.createProgram(fileNames, options, host);

  const emitted = new Map<string, string>();
  sources.emit(undefined, (file, text) => emitted.set(file, text), undefined, true);
  const missing = files.filter((file) => !emitted.has(file));
  if (missing.length > 0) throw new Error(`in "exports", without a source: ${missing.join(', ')}`);

  const { fileExists, readFile } = ts.sys;
  const ours = (file: string) => file.startsWith(join(LIBRARY, 'dist'));
  host.readFile = (file) => (ours(file) ? emitted.get(file) : readFile(file));
  host.fileExists = (file) => (ours(file) ? emitted.has(file) : fileExists(file));
  host.directoryExists = () => true;
  return ts.createProgram(files, options, host);
}

function readConfig(): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(join(LIBRARY, 'tsconfig.json'), ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, LIBRARY);
  const { composite: _, incremental: __, tsBuildInfoFile: ___, ...options } = parsed.options;
  return { ...parsed, options };
}
