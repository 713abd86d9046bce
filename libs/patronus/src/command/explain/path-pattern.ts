/** The values of a path's parameters. A rest is a list of segments on Express, and text on Fastify. */
export type PathParams = Readonly<Record<string, string | readonly string[]>>;

interface Parameter {
  readonly name: string;
  readonly isList: boolean;
}

/** A parameter, on Fastify with its own expression; a brace, on Express; or text. */
const EXPRESS = /([:*])(\w*)|[{}]|[^:*{}]+/g;
const FASTIFY = /([:*])(\w*)(\([^)]*\))?|[^:*]+/g;

/**
 * Path as Nest binds it: `:id` is one segment, or a part of one; `*rest` is one or more. On Express, a part
 * in braces is optional.
 *
 * The package path-to-regexp matches the paths of Express only. Those of Fastify have expressions and `:id?`,
 * no braces, and no optional slash at the end.
 */
export class PathPattern {
  readonly #parameters: Parameter[] = [];
  readonly #expression: RegExp;

  constructor(
    path: string,
    private readonly server: 'express' | 'fastify',
  ) {
    this.#expression =
      server === 'express'
        ? new RegExp(`^${this.#compile(path.replace(/\/$/, ''), EXPRESS)}/?$`, 'is')
        : new RegExp(`^${this.#compileOptional(path)}$`, 's');
  }

  /** Returns the parameters of a path, or undefined if it does not match or cannot be decoded. */
  match(path: string): PathParams | undefined {
    const found = this.#expression.exec(path);
    if (found === null) return undefined;
    try {
      return Object.fromEntries(
        this.#parameters.flatMap(({ name, isList }, at) => {
          const value = found[at + 1];
          if (value === undefined) return [];
          return [
            [name, isList ? value.split('/').map(decodeURIComponent) : decodeURIComponent(value)],
          ];
        }),
      );
    } catch {
      return undefined;
    }
  }

  /** `/a/:id?` is `/a/:id` and `/a`. */
  #compileOptional(path: string): string {
    const [, before, optional] = /^(.*)(\/:\w+)\?$/.exec(path) ?? [];
    if (before === undefined || optional === undefined) return this.#compile(path, FASTIFY);
    const [always, rest] = [this.#compile(before, FASTIFY), this.#compile(optional, FASTIFY)];
    return always === '' ? `(?:${rest}|/)` : `${always}(?:${rest})?`;
  }

  #compile(path: string, syntax: RegExp): string {
    let source = '';
    /** The text since the last parameter of the segment; undefined if there is none. */
    let before: string | undefined;
    for (const [text, kind, name = '', own] of path.matchAll(syntax)) {
      if (kind === '*') source += this.#rest(name);
      else if (kind === ':') source += this.#parameter(name, own, before);
      else if (syntax === EXPRESS && text === '{') source += '(?:';
      else if (syntax === EXPRESS && text === '}') source += ')?';
      else source += escape(text);
      if (kind === ':') before = '';
      else if (text.includes('/')) before = undefined;
      else if (before !== undefined && !/^[{}]$/.test(text)) before += text;
    }
    return source;
  }

  /** One that is not the first of its segment holds no text that stands before it. */
  #parameter(name: string, own: string | undefined, before = ''): string {
    this.#parameters.push({ name, isList: false });
    if (own !== undefined) return `(${ownExpression(own)})`;
    return before === '' ? '([^/]+)' : `((?:(?!${escape(before)})[^/])+)`;
  }

  /** Without a name it is of an older route: Nest makes `{*path}` of it on Express. */
  #rest(name: string): string {
    if (this.server === 'fastify') {
      this.#parameters.push({ name: '*', isList: false });
      return '(.*)';
    }
    this.#parameters.push({ name: name || 'path', isList: true });
    return name === '' ? '(.+)?' : '(.+)';
  }
}

/** The expression in the parentheses, of which Fastify takes no anchors. */
function ownExpression(own: string): string {
  return own
    .slice(1, -1)
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replaceAll(/\((?!\?)/g, '(?:');
}

function escape(text: string): string {
  return text.replaceAll(/[.+?^$()|[\]{}\\]/g, String.raw`\$&`);
}

/**
 * Sorts the more exact of two paths first: text before a parameter, and a parameter before a rest.
 */
export function compareExactness(one: string, other: string): number {
  const [ones, others] = [ranksOf(one), ranksOf(other)];
  for (let at = 0; at < Math.max(ones.length, others.length); at++) {
    const difference = (ones[at] ?? 3) - (others[at] ?? 3);
    if (difference !== 0) return difference;
  }
  return 0;
}

function ranksOf(path: string): readonly number[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      if (segment.includes('*')) return 2;
      return segment.includes(':') ? 1 : 0;
    });
}
