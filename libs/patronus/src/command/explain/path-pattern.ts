import { match } from 'path-to-regexp';

/** The values of a path's parameters. A rest is a list of segments on Express, and text on Fastify. */
export type PathParams = Readonly<Record<string, string | readonly string[]>>;

type Matcher = (path: string) => PathParams | undefined;

/** Path as Nest binds it: `:id` is one segment, or a part of one; `*rest` is one or more. */
export class PathPattern {
  readonly #match: Matcher;

  constructor(path: string, server: 'express' | 'fastify') {
    this.#match = server === 'express' ? onExpress(path) : onFastify(path);
  }

  /** Returns the parameters of a path, or undefined if it does not match or cannot be decoded. */
  match(path: string): PathParams | undefined {
    try {
      return this.#match(path);
    } catch (error) {
      if (error instanceof URIError) return undefined;
      throw error;
    }
  }
}

/** Matches as Express does, with its own package. Nest makes `{*path}` of an older rest without a name. */
function onExpress(path: string): Matcher {
  const bound = path.replace(/\/+$/, '').replaceAll(/\*(?![\w"])/g, '{*path}');
  const find = match<Record<string, string | string[]>>(bound, { sensitive: false });
  return (given) => {
    const found = find(given);
    return found === false ? undefined : { ...found.params };
  };
}

/** A parameter with its own expression, or text. */
const FASTIFY = /([:*])(\w*)(\([^)]*\))?|[^:*]+/g;

/**
 * Matches as Fastify does. No package of its own can be asked: paths of Fastify have expressions and `:id?`,
 * no braces, and no optional slash at the end.
 */
function onFastify(path: string): Matcher {
  const names: string[] = [];
  const expression = new RegExp(`^${compileOptional(path, names)}$`, 's');
  return (given) => {
    const values = expression.exec(given)?.slice(1);
    return (
      values &&
      Object.fromEntries(
        names.flatMap((name, at) => {
          const value = values[at];
          return value === undefined ? [] : [[name, decodeURIComponent(value)]];
        }),
      )
    );
  };
}

/** `/a/:id?` is `/a/:id` and `/a`. */
function compileOptional(path: string, names: string[]): string {
  const [, before, optional] = /^(.*)(\/:\w+)\?$/.exec(path) ?? [];
  if (before === undefined || optional === undefined) return compile(path, names);
  const [always, rest] = [compile(before, names), compile(optional, names)];
  return always === '' ? `(?:${rest}|/)` : `${always}(?:${rest})?`;
}

/** Returns the source of an expression, and adds the names of its groups. */
function compile(path: string, names: string[]): string {
  let source = '';
  /** The text since the last parameter of the segment; undefined if there is none. */
  let before: string | undefined;
  for (const [text, kind, name = '', own] of path.matchAll(FASTIFY)) {
    if (kind === '*') source += '(.*)';
    else if (kind === ':') source += parameter(own, before);
    else source += escape(text);
    if (kind !== undefined) names.push(kind === '*' ? '*' : name);
    if (kind === ':') before = '';
    else if (text.includes('/')) before = undefined;
    else if (before !== undefined) before += text;
  }
  return source;
}

/** One that is not the first of its segment holds no text that stands before it. */
function parameter(own: string | undefined, before = ''): string {
  if (own !== undefined) return `(${ownExpression(own)})`;
  return before === '' ? '([^/]+)' : `((?:(?!${escape(before)})[^/])+)`;
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
