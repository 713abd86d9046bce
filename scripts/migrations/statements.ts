/** A statement of a migration. */
export interface Statement {
  /** Its text without comments and line breaks. */
  readonly text: string;
  /** The migration that its comment names as the one that made it harmless, or nothing. */
  readonly expandedIn: string;
}

const EXPANDED = /^-- expanded in (\S+)$/m;

/** A comment, a text, a name or a body in dollar quotes, which may hold semicolons, or a semicolon. */
const TOKEN = /--[^\n]*|'(?:[^']|'')*'|"[^"]*"|(\$\w*\$)[\s\S]*?\1|;/g;

/** The body of a `DO`, and the last part of `CREATE FUNCTION … AS`. */
const BODY = /(\$\w*\$)([\s\S]*)\1/;

/** Returns the statements of a migration. Semicolons in texts and bodies separate nothing. */
export function statementsOf(sql: string): Statement[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: token, index } of sql.matchAll(TOKEN)) {
    if (token !== ';' && !token.startsWith('--> statement-breakpoint')) continue;
    parts.push(sql.slice(from, index));
    from = index + token.length;
  }
  return [...parts, sql.slice(from)].flatMap((part) => {
    const text = oneLine(part);
    return text === '' ? [] : [{ text, expandedIn: EXPANDED.exec(part)?.[1] ?? '' }];
  });
}

/**
 * Returns the statements in the block of a `DO`, without the words that control it. A statement that is built
 * by `EXECUTE format('…')` is its template. Any other that is built is returned as it is. Undefined if the block
 * is not in dollar quotes.
 */
export function statementsInBlock(block: string): string[] | undefined {
  const body = BODY.exec(block)?.[2];
  if (body === undefined) return undefined;
  return statementsOf(body).flatMap(({ text }) => {
    const bare = withoutControl(text);
    const built = /^EXECUTE (?:format\()?'((?:[^']|'')*)'(?:[^']*\))?$/.exec(bare)?.[1];
    return bare === '' ? [] : [built ?? bare];
  });
}

const CONTROL = [
  /^BEGIN\b/,
  /^IF .*? THEN\b/,
  /^ELSE\b/,
  /^EXCEPTION WHEN [\w ]+ THEN\b/,
  /^NULL$/,
  /^END(?: IF)?$/,
];

function withoutControl(text: string): string {
  for (const word of CONTROL) {
    if (word.test(text)) return withoutControl(text.replace(word, '').trim());
  }
  return text;
}

function oneLine(part: string): string {
  return part
    .replaceAll(/^\s*--.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
