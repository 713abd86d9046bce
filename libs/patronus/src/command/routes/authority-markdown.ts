import { actorsOf, byTransport, ruleText } from './actors.js';
import type { AuthorityMap } from './authority-map.js';

/** Formats the matrix as tables of GitHub's Markdown, one for each transport. */
export function authorityMarkdown(map: AuthorityMap): string {
  const actors = actorsOf(map);
  const head = row(['call', 'rule', ...actors.map(({ name }) => escapeMarkdown(name))]);
  const rule = row(Array.from({ length: actors.length + 2 }, () => '---'));
  const sections = byTransport(map).flatMap(([transport, routes]) => [
    `## ${transport}`,
    '',
    head,
    rule,
    ...routes.map((route) =>
      row([
        route.calls.map(code).join('<br>'),
        code(ruleText(route)),
        ...actors.map(({ of }) => of(route.may).may),
      ]),
    ),
    '',
  ]);
  return ['# Who may do what', '', ...sections, ...map.notes.map((note) => `- ${note}`)]
    .join('\n')
    .trimEnd();
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Formats code for a table, in which a bar would end the cell even inside of code. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', String.raw`\|`)}\``;
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, String.raw`\$&`);
}
