import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Paths that every server takes literally. */
const PATH = /^(?:\/[\w~-][\w.~-]*(?<!\.))+\/?$/;

/**
 * Maximum number of decodings, which is more than any server performs. A path that still changes
 * then counts as protected.
 */
const MAX_DECODINGS = 4;

/**
 * Determines the requests that lead to one of some paths, or to anything beneath it. Servers
 * disagree on how to read a path, so every reading counts: with and without its encodings and its
 * dot segments, in any case, and without doubled slashes, path parameters, and the dots and blanks
 * at the end of a segment. A reading that no server uses only protects a path needlessly.
 */
export class ProtectedPaths {
  readonly #paths: readonly string[];

  /**
   * Checks the paths.
   *
   * @throws {PatronusConfigurationError}
   */
  constructor(paths: readonly string[]) {
    if (!Array.isArray(paths) || paths.length === 0) throw notAPath('protect.path');
    this.#paths = paths.map((path, index) => {
      if (typeof path !== 'string' || !PATH.test(path)) {
        throw notAPath(`protect.path[${index}]`);
      }
      return normalize(path);
    });
  }

  /**
   * Returns true if a request is protected.
   *
   * @param target - the request target, in origin-form or in absolute-form (RFC 9112, section 3.2)
   */
  cover(target: string): boolean {
    let path = withoutOrigin(target).split(/[?#]/, 1)[0] ?? '';
    for (let decodings = 0; decodings <= MAX_DECODINGS; decodings += 1) {
      if (this.#isBeneath(normalize(path)) || this.#isBeneath(resolve(normalize(path))))
        return true;
      const decoded = decode(path);
      if (decoded === path) return false;
      path = decoded;
    }
    return true;
  }

  #isBeneath(path: string): boolean {
    return this.#paths.some((one) => path === one || path.startsWith(`${one}/`));
  }
}

function withoutOrigin(target: string): string {
  return target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '');
}

/** Decodes a path. Never throws: bytes that are not UTF-8 become a character that is in no path. */
function decode(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  );
}

function normalize(path: string): string {
  const text = path.normalize('NFKC').toLowerCase().replaceAll('\\', '/');
  const segments = text.split('/').map((segment) => {
    const name = segment.replace(/;.*$/s, '').replaceAll(/\p{Cc}/gu, '');
    return name === '.' || name === '..' ? name : name.replace(/[. ]+$/, '');
  });
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}

function resolve(path: string): string {
  const resolved: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') resolved.pop();
    else if (segment !== '.' && segment !== '') resolved.push(segment);
  }
  return `/${resolved.join('/')}`;
}

function notAPath(option: string): PatronusConfigurationError {
  return new PatronusConfigurationError(
    option,
    'is not a path.',
    "Write each as callers see it, with the global prefix and without wildcards: '/docs'.",
  );
}
