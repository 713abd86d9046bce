import ts from 'typescript';
import { isPrivate } from './signature.js';

/**
 * Returns the types that declarations refer to and that no entry exports, one after the other.
 * Without them `type A = B | C` is not understandable. The parameters of a constructor concern the
 * creator of the instance, not readers.
 */
export function hiddenParts(
  checker: ts.TypeChecker,
  declarations: readonly ts.Declaration[],
  known: ReadonlySet<ts.Symbol>,
): readonly ts.Declaration[] {
  const found = new Set<ts.Declaration>();
  const visit = (node: ts.Node): void => {
    if (ts.isClassElement(node) && (isPrivate(node) || ts.isConstructorDeclaration(node))) return;
    if (ts.isIdentifier(node)) {
      for (const part of partsNamed(checker, node, known)) {
        if (found.has(part) || declarations.includes(part)) continue;
        found.add(part);
        visit(part);
      }
    }
    ts.forEachChild(node, visit);
  };
  declarations.forEach(visit);
  return [...found];
}

function partsNamed(
  checker: ts.TypeChecker,
  name: ts.Identifier,
  known: ReadonlySet<ts.Symbol>,
): readonly ts.Declaration[] {
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) return [];
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  if (known.has(target)) return [];
  return (target.declarations ?? []).filter(
    (node) =>
      !node.getSourceFile().fileName.includes('/node_modules/') &&
      (ts.isTypeAliasDeclaration(node) ||
        ts.isInterfaceDeclaration(node) ||
        (ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent))),
  );
}
