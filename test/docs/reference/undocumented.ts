import ts from 'typescript';
import type { PublicName } from './declarations.js';
import { docCommentOf } from './doc-comment.js';
import type { Reference } from './reference.js';

/**
 * Returns exported names, and members of exported options, without a doc comment:
 * `@patronus/nestjs: Name.member`.
 */
export function undocumented({ entries }: Reference): readonly string[] {
  return entries.flatMap(({ name, names }) =>
    names.flatMap((one) => [
      ...(one.declarations.some(hasComment) ? [] : [`${name}: ${one.name}`]),
      ...optionsOf(one)
        .filter((member) => !hasComment(member))
        .map((member) => `${name}: ${one.name}.${member.name.getText()}`),
    ]),
  );
}

function hasComment(node: ts.Declaration): boolean {
  const doc = docCommentOf(node);
  return doc !== undefined && Object.values(doc).some(({ length }) => length > 0);
}

/** The members of an interface or a type called `…Options`, and of the hidden ones that it is made of. */
function optionsOf({ name, declarations, parts }: PublicName): readonly ts.PropertySignature[] {
  if (!name.endsWith('Options')) return [];
  const found: ts.PropertySignature[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node)) found.push(node);
    else ts.forEachChild(node, visit);
  };
  const others = parts.filter((part) =>
    ts.getNameOfDeclaration(part)?.getText().endsWith('Options'),
  );
  [...declarations, ...others].forEach(visit);
  return found.filter(({ type }) => type?.kind !== ts.SyntaxKind.NeverKeyword);
}
