import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../markdown-page.js';
import { hiddenParts } from './hidden-parts.js';

/** Name that an entry exports. */
export interface PublicName {
  readonly name: string;
  readonly declarations: readonly ts.Declaration[];
  /** Types that it consists of and that no entry exports. */
  readonly parts: readonly ts.Declaration[];
}

const OPTIONS: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  ).options,
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  sourceMap: false,
  inlineSources: false,
};

const declarationOf = (source: string) => source.replace(/\.ts$/, '.d.ts');

/** The declarations that the compiler writes for the sources: every type spelt out, no bodies. */
function emitDeclarations(sources: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  ts.createProgram(sources, OPTIONS).emit(
    undefined,
    (file, text) => texts.set(file, text),
    undefined,
    true,
  );
  return texts;
}

/**
 * Returns the exports of modules, as an application's compiler sees them: by source, in the order
 * of the names.
 */
export function publicNames(
  sources: readonly string[],
): ReadonlyMap<string, readonly PublicName[]> {
  const texts = emitDeclarations(sources);
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists } = host;
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.fileExists = (file) => texts.has(file) || (!isSourceOf(texts, file) && fileExists(file));
  const program = ts.createProgram(sources.map(declarationOf), OPTIONS, host);
  const checker = program.getTypeChecker();
  const symbols = new Map(
    sources.map((source) => [source, exportsOf(program, declarationOf(source))] as const),
  );
  const known = new Set([...symbols.values()].flat().map((symbol) => resolved(checker, symbol)));
  const named = (symbol: ts.Symbol): PublicName => {
    const declarations = resolved(checker, symbol).declarations ?? [];
    return { name: symbol.name, declarations, parts: hiddenParts(checker, declarations, known) };
  };
  return new Map([...symbols].map(([source, exported]) => [source, exported.map(named)]));
}

/** Returns the exports of a module: first values, then types only; by name. */
function exportsOf(program: ts.Program, path: string): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} exports nothing`);
  const isType = (symbol: ts.Symbol) =>
    (resolved(checker, symbol).flags & ts.SymbolFlags.Value) === 0 ? 1 : 0;
  return checker
    .getExportsOfModule(module)
    .toSorted((a, b) => isType(a) - isType(b) || (a.name < b.name ? -1 : 1));
}

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/**
 * Returns true if a file is a source whose declaration was written, so that the declaration is
 * found instead.
 */
function isSourceOf(texts: ReadonlyMap<string, string>, file: string): boolean {
  return !file.endsWith('.d.ts') && texts.has(declarationOf(file));
}
