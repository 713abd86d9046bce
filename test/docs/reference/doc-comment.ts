import ts from 'typescript';

/** Parts of a doc comment. */
export interface DocComment {
  readonly summary: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns: readonly string[];
  readonly throws: readonly string[];
  readonly see: readonly string[];
  readonly examples: readonly string[];
}

/** Returns the declaration that has the comment: of a constant, the statement around it. */
export function documented(node: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

/** Returns the doc comment before a declaration, if there is one. */
export function docCommentOf(node: ts.Declaration): DocComment | undefined {
  const doc = ts.getJSDocCommentsAndTags(documented(node)).findLast(ts.isJSDoc);
  if (doc === undefined) return undefined;
  const tags: readonly ts.JSDocTag[] = doc.tags ?? [];
  const named = (...names: readonly string[]) =>
    tags.filter((tag) => names.includes(tag.tagName.text)).map(textOf);
  return {
    summary: proseOf(doc.comment),
    params: tags
      .filter(ts.isJSDocParameterTag)
      .map((tag) => ({ name: tag.name.getText(), text: textOf(tag) })),
    returns: named('returns'),
    throws: named('throws'),
    see: named('see'),
    examples: tags
      .filter(({ tagName }) => tagName.text === 'example')
      .map((tag) => linesOf(tag).join('\n').trim()),
  };
}

type Comment = ts.JSDoc['comment'];

function textOf(tag: ts.JSDocTag): string {
  if (tag.tagName.text === 'see') return linesOf(tag).join(' '); // the compiler takes "https" for a name
  const kind = ts.isJSDocThrowsTag(tag) ? tag.typeExpression?.type.getText() : undefined;
  const text = proseOf(tag.comment).replace(/^- /, '');
  return kind === undefined ? text : `\`${kind}\`: ${text}`;
}

/** Text with `{@link Name}` as code. */
function proseOf(comment: Comment): string {
  const raw = ts.getTextOfJSDocComment(comment) ?? '';
  return raw.replaceAll(/\{@link ([^}\s|]+)[^}]*\}/g, '`$1`').trim();
}

/** The lines of a tag as they were written: the compiler does not keep their indentation. */
function linesOf(tag: ts.JSDocTag): readonly string[] {
  const text = tag.getText().slice(`@${tag.tagName.text}`.length).trim();
  return text.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
}
