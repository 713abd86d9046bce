import ts from 'typescript';
import { compileDeclarations } from './declarations.js';
import { readEntries } from './entries.js';
import { resolveAlias, Surface } from './surface.js';

/** Returns the surface of each entry, by the name of the file that keeps it. */
export function readSurfaces(): ReadonlyMap<string, string> {
  const entries = readEntries();
  const program = compileDeclarations(entries.map(({ types }) => types));
  const checker = program.getTypeChecker();
  const exportsOf = new Map(
    entries.map(({ name, types }) => [name, exportedBy(checker, program.getSourceFile(types))]),
  );
  const main = exportsOf.get('index')?.values() ?? [];
  const shown = new Set(main);
  return new Map(
    [...exportsOf].map(([name, exported]) => {
      const elsewhere = name === 'index' ? [] : shown;
      return [`${name}.txt`, new Surface(checker, exported, elsewhere).text()];
    }),
  );
}

function exportedBy(
  checker: ts.TypeChecker,
  file: ts.SourceFile | undefined,
): ReadonlyMap<string, ts.Symbol> {
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error('an entry that exports nothing');
  const exported = checker.getExportsOfModule(module);
  return new Map(exported.map((symbol) => [symbol.name, resolveAlias(checker, symbol)]));
}
