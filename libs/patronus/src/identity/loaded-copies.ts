import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Copy of this package that is loaded into the process. */
interface Copy {
  /** Module that registered it. */
  readonly url: string;
  /** Format of its scopes. Copies of one format can read each other's scopes. */
  readonly format: number;
}

const COPIES: unique symbol = Symbol.for('patronus:copies');

/** Marks `AuthGuard` of each copy. All of them extend the guard of `@nestjs/passport`, which is one class. */
const GUARD: unique symbol = Symbol.for('patronus:guard');

interface CopyRegistry {
  [COPIES]?: Copy[];
}

const registry: CopyRegistry & typeof globalThis = globalThis;

/** Registers a copy. Called once by each copy, when it is loaded. */
export function noteCopy(format: number): void {
  const copy = { url: thisFile(), format };
  const copies = (registry[COPIES] ??= []);
  // A test runner may load the same files again for each test.
  if (!copies.some(({ url }) => url === copy.url)) copies.push(copy);
}

/** Marks the guard of this copy, for the others. */
export function markGuard(guard: Function): void {
  Object.defineProperty(guard, GUARD, { value: true });
}

/** Tells whether a guard, as a class or as an instance, is or extends the guard of any copy. */
export function isMarkedGuard(guard: unknown): boolean {
  const type: unknown = typeof guard === 'function' ? guard : guard?.constructor;
  return typeof type === 'function' && GUARD in type;
}

/**
 * Describes further copies of the package. Two copies share scopes and route marks, but not their
 * classes: a guard or a provider of one is unknown to the other.
 *
 * @returns a sentence for the log, or undefined if there is one copy
 * @throws {PatronusConfigurationError} if one copy could not read the scopes of the other
 */
export function describeCopies(): string | undefined {
  const copies = registry[COPIES] ?? [];
  if (copies.length < 2) return undefined;
  const places = copies.map(({ url }) => folderOf(url)).join(' and ');
  const problem = `@patronus/nestjs is loaded ${copies.length} times, from ${places}.`;
  const remedy =
    'Install one version for all: `npm ls @patronus/nestjs` shows the packages that depend on each.';
  if (copies.every(({ format }) => format === copies[0]?.format)) {
    return `${problem} A guard or a provider of one copy is unknown to the other. ${remedy}`;
  }
  throw new PatronusConfigurationError(
    'PatronusModule',
    `${problem} @CurrentUser() of one version cannot read the scope of the other.`,
    remedy,
  );
}

/**
 * Returns the path of this file, from a stack: `import.meta` does not compile to CommonJS, which
 * Jest may ask for.
 */
function thisFile(): string {
  const [, here = ''] = new Error().stack?.split('\n') ?? [];
  return (
    /(?:\(|at )([^()]+?):\d+:\d+\)?$/.exec(here)?.[1]?.replace(/^async /, '') ?? 'an unknown place'
  );
}

/** Returns the folder of a copy: modules of `identity/` register it. */
function folderOf(url: string): string {
  return url.replace(/\/(?:dist|src)\/identity\/[^/]*$/, '');
}
