/**
 * Path as Nest binds it: `:id` is one segment, or a part of one; `*rest` is one or more; a part in
 * braces is optional.
 */
export class PathPattern {
  readonly #names: string[] = [];
  readonly #expression: RegExp;

  /** @param isStrict - true if upper and lower case differ, as on Fastify */
  constructor(path: string, isStrict: boolean) {
    this.#expression = new RegExp(`^${this.#compile(path)}/?$`, isStrict ? 's' : 'is');
  }

  /** Returns the parameters of a path, or undefined if it does not match. */
  match(path: string): Readonly<Record<string, string>> | undefined {
    const found = this.#expression.exec(path);
    if (found === null) return undefined;
    const values = this.#names.flatMap((name, at) => {
      const value = found[at + 1];
      return value === undefined ? [] : [[name, decode(value)] as const];
    });
    return Object.fromEntries(values);
  }

  #compile(path: string): string {
    const parts = path.replace(/\/$/, '').matchAll(/([:*])(\w*)(\([^)]*\))?|[{}]|[^:*{}]+/g);
    return [...parts]
      .map(([text, kind, name = '', own]) => this.#part(text, kind, name, own))
      .join('');
  }

  #part(text: string, kind: string | undefined, name: string, own: string | undefined): string {
    if (text === '{') return '(?:';
    if (text === '}') return ')?';
    if (kind === undefined) return text.replaceAll(/[.+?^$()|[\]\\]/g, String.raw`\$&`);
    this.#names.push(name === '' ? String(this.#names.length) : name);
    if (kind === '*') return '(.+)';
    return own === undefined ? '([^/]+?)' : `(${own.slice(1, -1).replaceAll(/\((?!\?)/g, '(?:')})`;
  }
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

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
