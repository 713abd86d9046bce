import { escapeHtml } from '../escape-html.js';
import { type Actor, actorsOf, byTransport, ruleText } from './actors.js';
import type { AuthorityMap, RouteAuthority } from './authority-map.js';
import { PAGE_POLICY, PAGE_SCRIPT, PAGE_STYLE } from './page-assets.js';

function cellOf({ may }: RouteAuthority, { of }: Actor): string {
  const verdict = of(may);
  const because = escapeHtml(verdict.because);
  return `<td data-may="${verdict.may}" title="${because}">${verdict.may}<small>${because}</small></td>`;
}

function rowOf(route: RouteAuthority, actors: readonly Actor[]): string {
  const rule = ruleText(route);
  const text = [...route.calls, rule, route.handler].join(' ').toLowerCase();
  const calls = route.calls.map((call) => `<code>${escapeHtml(call)}</code>`).join('<br>');
  return `<tr data-text="${escapeHtml(text)}">
<th scope="row">${calls}</th><td><code title="${escapeHtml(route.handler)}">${escapeHtml(rule)}</code></td>
${actors.map((actor) => cellOf(route, actor)).join('')}</tr>`;
}

function tableOf(
  transport: string,
  routes: readonly RouteAuthority[],
  actors: readonly Actor[],
): string {
  const heads = ['Call', 'Rule', ...actors.map(({ name }) => name)];
  return `<div class="scroll" tabindex="0" role="region" aria-label="${transport}"><table><caption>${transport}</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>
${routes.map((route) => rowOf(route, actors)).join('\n')}
</tbody></table></div>`;
}

/** Renders the matrix of calls and roles as one page, which loads nothing and works from a file. */
export function authorityPage(map: AuthorityMap): string {
  const actors = actorsOf(map);
  const tables = byTransport(map).map(([transport, routes]) => tableOf(transport, routes, actors));
  const notes = map.notes.map((note) => `<p>${escapeHtml(note)}</p>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who may do what</title><style>${PAGE_STYLE}</style></head>
<body><main><h1>Who may do what</h1>
<p>What each role may call by itself. <em>depends</em>: on the resource, the scopes, the key or the login.
Roles of the platform and of a tenant never imply each other.</p>
${notes.join('\n')}
<form><label>Filter <input type="search" id="query" autocomplete="off" placeholder="/patients delete"></label>
<label><input type="checkbox" id="why"> Say why</label><output id="shown" for="query"></output></form>
${tables.join('\n')}
</main><script>${PAGE_SCRIPT}</script></body></html>
`;
}
