import type { Output } from '../output.js';
import { type Actor, actorsOf, byTransport, ruleText } from './actors.js';
import type { AuthorityMap, RouteAuthority } from './authority-map.js';

const TITLES = ['CALL', 'RULE', 'WHO MAY'] as const;

type Row = readonly [call: string, rule: string, who: string];

/** Formats the table for a terminal: one group for each transport, one line for each call. */
export function authorityText(map: AuthorityMap, output: Output): string {
  const actors = actorsOf(map);
  const rows = map.routes.flatMap((route) => rowsOf(route, actors));
  const calls = widest([TITLES, ...rows].map(([call]) => call));
  const rules = widest([TITLES, ...rows].map(([, rule]) => rule));
  const line = ([call, rule, who]: Row) =>
    `  ${call.padEnd(calls)}  ${rule.padEnd(rules)}  ${who}`.trimEnd();
  const sections = byTransport(map).flatMap(([transport, routes]) => [
    output.style('bold', transport),
    ...routes.flatMap((route) => rowsOf(route, actors)).map(line),
    '',
  ]);
  const legend = '? depends on the resource, the scopes, the key or the login';
  return [line(TITLES), '', ...sections, legend, ...map.notes].join('\n');
}

function rowsOf(route: RouteAuthority, actors: readonly Actor[]): readonly Row[] {
  const [rule, who] = [ruleText(route), whoMay(route, actors)];
  return route.calls.map((call): Row => [call, rule, who]);
}

/**
 * Names the actors that may make a call. "Everybody" includes all that follow, and "every known
 * caller" includes all roles.
 */
function whoMay({ may }: RouteAuthority, actors: readonly Actor[]): string {
  const names: string[] = [];
  for (const { name, of } of actors) {
    const verdict = of(may).may;
    if (verdict === 'no') continue;
    const text = verdict === 'depends' ? `${name}?` : name;
    const isForAll = name === 'everybody' || name === 'every known caller';
    if (isForAll) return text;
    names.push(text);
  }
  return names.length === 0 ? 'no role alone' : names.join(', ');
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}
