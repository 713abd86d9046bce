import { readFileSync } from 'node:fs';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { CommandError } from '../command.error.js';
import type { AuthorityMap } from './authority-map.js';

interface Cell {
  readonly may: string;
  readonly because: string;
}

interface Call {
  readonly rule: string;
  /** Cells by name of the actor: `everybody`, `doctor`, `auditor (platform)`. */
  readonly cells: ReadonlyMap<string, Cell>;
}

const NOTHING: Cell = { may: 'no', because: '' };

const MAY = new Map([
  ['yes', 'may now'],
  ['no', 'may no longer'],
  ['depends', 'may now, depending on circumstances,'],
]);

/**
 * Compares the authority with a file that `routes --json` wrote, one sentence for each difference:
 * changed access, new and removed calls, changed rules.
 *
 * @throws {CommandError} if the file is not valid
 */
export function changesSince(file: string, map: AuthorityMap): readonly string[] {
  const before = callsIn(readMap(file), file);
  const current: unknown = JSON.parse(JSON.stringify(map));
  const now = callsIn(current, file);
  const gone = [...before.keys()].filter((call) => !now.has(call));
  const changes = [...now].flatMap(([call, facts]) => changesOf(call, before.get(call), facts));
  return [...changes, ...gone.map((call) => `${call} is gone.`)];
}

function changesOf(name: string, before: Call | undefined, now: Call): readonly string[] {
  if (before === undefined) {
    const all = [...now.cells].filter(([, { may }]) => may !== 'no');
    const who = all.map(([actor, { may }]) => (may === 'depends' ? `${actor}?` : actor));
    return [`${name} is new (${now.rule}): ${who.join(', ') || 'no role alone'}.`];
  }
  const actors = new Set([...now.cells.keys(), ...before.cells.keys()]);
  const changes = [...actors].flatMap((actor) => {
    const { may, because } = now.cells.get(actor) ?? NOTHING;
    const { may: was } = before.cells.get(actor) ?? NOTHING;
    if (may === was) return [];
    return [`${actor} ${MAY.get(may) ?? may} ${name}${because === '' ? '' : `: ${because}`}.`];
  });
  return before.rule === now.rule
    ? changes
    : [...changes, `${name} asks for ${now.rule} now, and asked for ${before.rule} before.`];
}

function readMap(file: string): unknown {
  try {
    const map: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return map;
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new CommandError(`${file} ${problem}.`, REMEDY);
  }
}

const REMEDY = 'Write it with npx patronus routes --json, and commit it.';

/**
 * Returns each call with all handlers that it reaches: with versions in a header, one call may have
 * several handlers.
 */
function callsIn(map: unknown, file: string): ReadonlyMap<string, Call> {
  const routes = isJsonObject(map) ? member(map, 'routes') : undefined;
  const refuse = (): never => {
    throw new CommandError(`${file} is not a map of authority.`, REMEDY);
  };
  if (!Array.isArray(routes)) return refuse();
  const entries = routes.flatMap((route: unknown) => entriesOf(route) ?? refuse());
  const names = entries.map(([name]) => name);
  return new Map(
    entries.map(([name, handler, call]) => {
      const isShared = names.indexOf(name) !== names.lastIndexOf(name);
      return [isShared ? `${name} (${handler})` : name, call];
    }),
  );
}

type Entry = readonly [name: string, handler: string, call: Call];

function entriesOf(route: unknown): readonly Entry[] | undefined {
  if (!isJsonObject(route)) return undefined;
  const { handler, calls, access, tenantOptional, requires, may } = route;
  if (!isTexts(calls) || !isTexts(requires) || !isJsonObject(may)) return undefined;
  const cells = cellsOf(may);
  if (cells === undefined) return undefined;
  const rule = [
    ...(requires.length > 0 ? requires : [`@${String(access)}`]),
    ...(tenantOptional === true ? ['@TenantOptional()'] : []),
  ].join(' ');
  return calls.map((call) => [call, String(handler), { rule, cells }]);
}

function cellsOf(may: JsonObject): ReadonlyMap<string, Cell> | undefined {
  const { everybody, knownCallers, roles, platformRoles } = may;
  if (!isJsonObject(roles) || !isJsonObject(platformRoles)) return undefined;
  const named: readonly (readonly [string, unknown])[] = [
    ['everybody', everybody],
    ['every known caller', knownCallers],
    ...Object.entries(roles),
    ...Object.entries(platformRoles).map(([name, cell]) => [`${name} (platform)`, cell] as const),
  ];
  const cells = new Map<string, Cell>();
  for (const [name, cell] of named) {
    if (!isJsonObject(cell)) return undefined;
    cells.set(name, { may: String(cell['may']), because: String(cell['because']) });
  }
  return cells;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
