import { nearestName } from '../errors/nearest-name.js';
import { RepeatedWarnings } from '../errors/repeated-warnings.js';

const warnings = new RepeatedWarnings();

/**
 * Logs a warning, once a minute for each origin, if an object of the application has a member that is
 * ignored and that looks like a misspelt one: it resembles a member that is read, it holds a list, or the
 * object has no member that is read. Other members are allowed: an entity has its own.
 *
 * @param from - the option that the object comes from, such as `permissions.source`
 * @param known - the members that are read
 */
export function warnOfMisspeltMembers(
  from: string,
  answer: object,
  known: readonly string[],
): void {
  const members = Object.entries(Object.getOwnPropertyDescriptors(answer));
  const others = members.filter(([name]) => !known.includes(name));
  if (others.length === 0) return;
  const isOther = others.length === members.length;
  const misspelt = others
    .filter(([name, { value }]) => isOther || Array.isArray(value) || isNear(name, known))
    .map(([name]) => name);
  if (misspelt.length === 0) return;
  const nearest = misspelt.flatMap((name) => nearestName(name, known) ?? []);
  const hint = nearest.length === 0 ? '' : ` Did you mean ${listed(nearest)}?`;
  warnings.warn(
    from,
    `${from} returned ${listed(misspelt)}, which is ignored.${hint} The members that are read: ${known.join(', ')}.`,
  );
}

function isNear(name: string, known: readonly string[]): boolean {
  return nearestName(name, known) !== undefined;
}

/** Lists names as JSON: a name with a line break would forge a line of the log. */
function listed(names: readonly string[]): string {
  return [...new Set(names)].map((name) => JSON.stringify(name)).join(', ');
}
