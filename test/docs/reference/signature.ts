import ts from 'typescript';
import { documented } from './doc-comment.js';

/**
 * Returns a declaration as an application sees it: comments of its members, and no private ones.
 */
export function signatureOf(node: ts.Declaration): string {
  const statement = documented(node);
  const file = statement.getSourceFile();
  const hidden = ts.isClassDeclaration(node) ? node.members.filter(isPrivate) : [];
  let text = '';
  let from = statement.getStart(file);
  for (const member of hidden) {
    text += file.text.slice(from, member.getFullStart());
    from = member.getEnd();
  }
  text += file.text.slice(from, statement.getEnd());
  return text
    .replace(/^export declare /, '')
    .replace(/^export /, '')
    .replaceAll(/\{@link ([^}\s|]+)[^}]*\}/g, '`$1`')
    .replaceAll(/import\("[^"]+"\)\./g, '');
}

/** Returns true if only the class itself sees a member. */
export function isPrivate(member: ts.ClassElement): boolean {
  const flags = ts.getCombinedModifierFlags(member);
  const isHash = member.name !== undefined && ts.isPrivateIdentifier(member.name);
  return isHash || (flags & ts.ModifierFlags.Private) !== 0;
}
