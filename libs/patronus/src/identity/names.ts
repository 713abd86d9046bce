import { RepeatedWarnings } from '../errors/repeated-warnings.js';

const warnings = new RepeatedWarnings();

/**
 * Returns the texts of a list of names: roles, permissions, scopes. Entries of another type are
 * dropped, and a warning is logged.
 *
 * @param from the origin of the list, as a warning names it
 */
export function namesAmong(list: readonly unknown[], from: string): readonly string[] {
  if (list.every(isText)) return list;
  const names = list.filter(isText);
  const others = new Set(list.filter((entry) => !isText(entry)).map(typeOf));
  warnings.warn(
    from,
    `${from} holds entries that are not texts (${[...others].join(', ')}): they are dropped. ` +
      'Map them to names, with mapClaims or toIdentity.',
  );
  return names;
}

function isText(entry: unknown): entry is string {
  return typeof entry === 'string';
}

function typeOf(entry: unknown): string {
  return entry === null ? 'null' : typeof entry;
}
