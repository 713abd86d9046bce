import ts from 'typescript';
import type { PublicName } from './declarations.js';
import { type DocComment, docCommentOf } from './doc-comment.js';
import type { PublicEntry } from './public-entries.js';
import { signatureOf } from './signature.js';

export const NOTICE = 'Written from the code by `npm run docs:reference`.';

/** The page of an entry, before formatting. */
export function referencePage(entry: PublicEntry, names: readonly PublicName[]): string {
  const head = `# \`${entry.name}\`\n\n${NOTICE} [All entries](README.md).`;
  return [head, ...names.map(section)].join('\n\n');
}

function section({ name, declarations, parts }: PublicName): string {
  const [first] = declarations;
  const kind = first === undefined ? '' : kindOf(first);
  const comments = declarations.map(docCommentOf).filter((comment) => comment !== undefined);
  return [
    `## \`${name}\``,
    `_${kind}_`,
    ...comments.map(({ summary }) => summary),
    fence([...declarations, ...parts].map(signatureOf).join('\n\n')),
    ...comments.flatMap(details),
  ].join('\n\n');
}

function details({ params, returns, throws, see, examples }: DocComment): readonly string[] {
  return [
    ...list(
      'Parameters',
      params.map(({ name, text }) => `\`${name}\`: ${text}`),
    ),
    ...list('Returns', returns),
    ...list('Throws', throws),
    ...list('See', see),
    ...examples.map((example) => `Example:\n\n${fence(example)}`),
  ];
}

function list(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [`${title}:\n\n${items.map((item) => `- ${item}`).join('\n')}`];
}

/** Formats code as `typescript`, not `ts`: a signature alone is not a program to compile. */
function fence(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}

function kindOf(node: ts.Declaration): string {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) {
    const isAbstract = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract) !== 0;
    return isAbstract ? 'abstract class' : 'class';
  }
  if (ts.isInterfaceDeclaration(node)) return 'interface';
  return ts.isTypeAliasDeclaration(node) ? 'type' : 'constant';
}
