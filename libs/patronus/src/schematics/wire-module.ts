import { closingBracket, maskSource } from './mask-source.js';

/** Import that every module of Nest has. It also shows the style of the file. */
const IMPORT_OF_MODULE =
  /^import\s*\{[^}]*\bModule\b[^}]*\}\s*from\s*(["'])@nestjs\/common\1(;?)[^\S\r\n]*$/m;

/** Provider that `nest add` writes into the options of {@link wireModule}. */
export interface WiredProvider {
  readonly issuer: string;
  readonly audience: string;
}

/** Style of the file. */
interface Style {
  readonly quote: string;
  readonly semicolon: string;
  readonly eol: string;
}

/**
 * Returns the source of a module with `PatronusModule.forRoot()` among its `imports`. It edits
 * text, not a syntax tree: the host's TypeScript may be one without a compiler API, and the files
 * of `nest new` need none.
 *
 * @returns the same source if it has `PatronusModule` already; undefined if it is not a file with
 * one `@Module({ … })` whose `imports`, if any, are a list
 */
export function wireModule(source: string, provider: WiredProvider): string | undefined {
  const masked = maskSource(source);
  if (/\bPatronusModule\b/.test(masked)) return source;
  const header = IMPORT_OF_MODULE.exec(source);
  const [decorator, another] = [...masked.matchAll(/@Module\s*\(\s*\{/g)];
  if (header === null || decorator === undefined || another !== undefined) return undefined;
  if (!masked.startsWith('import', header.index) || QUOTED_IMPORTS.test(source)) return undefined;
  const [line, quote = "'", semicolon = ''] = header;
  const style = { quote, semicolon, eol: source.includes('\r\n') ? '\r\n' : '\n' };
  const start = decorator.index + decorator[0].length - 1;
  const edited = editImports(source, masked, start, forRoot(provider, style), style.eol);
  if (edited === undefined) return undefined;
  const end = header.index + line.length;
  return `${edited.slice(0, end)}${importLines(style)}${edited.slice(end)}`;
}

function importLines({ quote, semicolon, eol }: Style): string {
  const from = (names: string, path: string): string =>
    `${eol}import { ${names} } from ${quote}${path}${quote}${semicolon}`;
  return from('PatronusModule', '@patronus/nestjs') + from('oidc', '@patronus/nestjs/jwt');
}

function literal(text: string, quote: string): string {
  const json = JSON.stringify(text);
  return /['\\]/.test(json.slice(1, -1)) ? json : `${quote}${text}${quote}`;
}

function forRoot({ issuer, audience }: WiredProvider, { quote, eol }: Style): string {
  const values = `issuer: ${literal(issuer, quote)}, audience: ${literal(audience, quote)}`;
  return [
    '    PatronusModule.forRoot({',
    `      identityProvider: oidc({ ${values} }),`,
    '    }),',
  ].join(eol);
}

/** Quoted name, which the masked source does not show. */
const QUOTED_IMPORTS = /["'`]imports["'`]/;

/**
 * Returns the index of the `[` of `imports: [` among the members of the object that starts at
 * `start`.
 */
function findList(masked: string, start: number, end: number): number | 'none' | undefined {
  for (let at = start + 1; at < end; at++) {
    const rest = masked.slice(at, end);
    if (/^[([{]/.test(rest)) at = closingBracket(masked, at) ?? end;
    else if (rest.startsWith('...')) return undefined;
    else if (/^imports\b/.test(rest) && !/[\w$]/.test(masked.charAt(at - 1))) {
      const list = /^imports\s*:\s*\[/.exec(rest);
      return list === null ? undefined : at + list[0].length - 1;
    }
  }
  return 'none';
}

function editImports(
  source: string,
  masked: string,
  start: number,
  added: string,
  eol: string,
): string | undefined {
  const end = closingBracket(masked, start);
  const list = end === undefined ? undefined : findList(masked, start, end);
  if (end === undefined || list === undefined) return undefined;
  if (list === 'none') {
    const rest = source.slice(start + 1);
    const gap = /^\s*[\r\n]/.test(rest) ? '' : eol;
    return `${source.slice(0, start + 1)}${eol}  imports: [${eol}${added}${eol}  ],${gap}${rest}`;
  }
  const close = closingBracket(masked, list);
  if (close === undefined || !/^\s*[,}]/.test(masked.slice(close + 1))) return undefined;
  const inner = source.slice(list + 1, close);
  const kept = /[\r\n]/.test(inner) ? inner : oneLine(inner, eol);
  return `${source.slice(0, list + 1)}${eol}${added}${kept}${source.slice(close)}`;
}

/** Puts the content of a one-line list on a line of its own. */
function oneLine(inner: string, eol: string): string {
  const members = inner.trim().replace(/,$/, '');
  return members === '' ? `${eol}  ` : `${eol}    ${members},${eol}  `;
}
