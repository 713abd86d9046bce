import { join } from 'node:path';
import ts from 'typescript';
import { LIBRARY } from './entries.js';

const DIST = join(LIBRARY, 'dist');
const printer = ts.createPrinter({ removeComments: true });

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  a < b ? -1 : Number(a > b);

/**
 * Public names of an entry: each exported name with its type, and the types that it consists of.
 */
export class Surface {
  readonly #shown: Set<ts.Symbol>;
  readonly #behind = new Map<ts.Symbol, string>();

  /**
   * @param elsewhere types that another surface shows, so that they need not be shown here as well
   */
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly exported: ReadonlyMap<string, ts.Symbol>,
    elsewhere: Iterable<ts.Symbol>,
  ) {
    this.#shown = new Set([...exported.values(), ...elsewhere]);
  }

  text(): string {
    const exported = [...this.exported].toSorted(byName).map(([name, symbol]) => {
      const text = this.#textOf(symbol);
      return name === symbol.name ? text : `export { ${symbol.name} as ${name} }\n${text}`;
    });
    // Grows while it is read: a type behind it may refer to further ones.
    const behind: [string, string][] = [];
    for (const [symbol, name] of this.#behind) behind.push([name, this.#textOf(symbol)]);
    const texts = behind.toSorted(byName).map(([, text]) => text);
    const sections =
      texts.length === 0 ? [] : ['--- not exported, but part of the above', ...texts];
    return `${[...exported, ...sections].join('\n\n')}\n`;
  }

  #textOf(symbol: ts.Symbol): string {
    const statements = new Set((symbol.declarations ?? []).map(statementOf));
    return [...statements].map((statement) => this.#print(statement)).join('\n');
  }

  #print(statement: ts.Node): string {
    const file = statement.getSourceFile();
    if (!file.fileName.startsWith(DIST)) return `from ${packageOf(file.fileName)}`;
    const visible = withoutPrivates(statement);
    this.#follow(visible);
    return printer.printNode(ts.EmitHint.Unspecified, visible, file);
  }

  /**
   * Adds the types of the library that a declaration names and that are not shown yet. Those of a
   * constructor are left out, because they do not concern the users of an injected class.
   */
  #follow(node: ts.Node): void {
    if (ts.isConstructorDeclaration(node)) return;
    const symbol = ts.isIdentifier(node) ? this.#resolve(node) : undefined;
    if (symbol !== undefined && !this.#shown.has(symbol) && isOfLibrary(symbol)) {
      this.#shown.add(symbol);
      this.#behind.set(symbol, symbol.name);
    }
    ts.forEachChild(node, (child) => this.#follow(child));
  }

  #resolve(identifier: ts.Identifier): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(identifier);
    return symbol && resolveAlias(this.checker, symbol);
  }
}

/** Resolves a name through any number of imports and exports. */
export function resolveAlias(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function statementOf(declaration: ts.Declaration): ts.Node {
  const statement = ts.findAncestor(declaration, ({ parent }) => parent && ts.isSourceFile(parent));
  return statement ?? declaration;
}

/** Returns true if it is at the top of one of the library's own declaration files. */
function isOfLibrary({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => {
    const inside = declaration.getSourceFile().fileName.startsWith(DIST);
    const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return inside && holder.parent !== undefined && ts.isSourceFile(holder.parent);
  });
}

function packageOf(file: string): string {
  return file.slice(file.lastIndexOf('/node_modules/') + 1);
}

/**
 * Returns a class without its private members. A private constructor stays, because it prevents
 * calls.
 */
function withoutPrivates(statement: ts.Node): ts.Node {
  if (!ts.isClassDeclaration(statement)) return statement;
  const { modifiers, name, typeParameters, heritageClauses } = statement;
  const members = statement.members.filter(
    (member) => ts.isConstructorDeclaration(member) || !isPrivate(member),
  );
  return ts.factory.updateClassDeclaration(
    statement,
    modifiers,
    name,
    typeParameters,
    heritageClauses,
    members,
  );
}

function isPrivate(member: ts.ClassElement): boolean {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true;
  return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
}
