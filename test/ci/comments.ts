import ts from 'typescript';

/** Comment of a source file. */
export interface SourceComment {
  /** Line on which it begins, counted from 1. */
  readonly line: number;
  /** True for a doc comment. */
  readonly isDoc: boolean;
  /** Text without its delimiters and without the asterisks at the beginning of lines. */
  readonly text: string;
}

/** Finds the comments of a TypeScript file, in their order. */
export function commentsIn(path: string, source: string): readonly SourceComment[] {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, kind);
  const ranges = new Map<number, ts.CommentRange>();
  const note = (range: ts.CommentRange): void => void ranges.set(range.pos, range);
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    // Text of JSX holds no comments: "//" in it is text.
    if (children.length === 0 && !ts.isJsxText(node)) {
      ts.getLeadingCommentRanges(source, node.getFullStart())?.forEach(note);
      ts.getTrailingCommentRanges(source, node.getEnd())?.forEach(note);
    }
    children.filter((child) => !ts.isJSDoc(child)).forEach(visit);
  };
  visit(file);
  return [...ranges.values()]
    .toSorted((one, other) => one.pos - other.pos)
    .map(({ pos, end }) => {
      const written = source.slice(pos, end);
      return {
        line: file.getLineAndCharacterOfPosition(pos).line + 1,
        isDoc: /^\/\*\*(?!\/)/.test(written),
        text: textOf(written),
      };
    });
}

function textOf(comment: string): string {
  return comment
    .replace(/^\/\*\*?|^\/\/|\*\/$/g, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .trim();
}
