import { createHash } from 'node:crypto';

export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8888; --yes: #1a7f3733; --depends: #bf870033; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; }
input { font: inherit; }
input[type='search'] { min-width: 18rem; padding: 0.25rem 0.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin-block: 1rem; }
caption { text-align: start; font-weight: bold; padding-block: 0.5rem; }
th, td { border: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; }
code { font: 0.875rem/1.5 ui-monospace, monospace; white-space: nowrap; }
td[data-may='yes'] { background: var(--yes); font-weight: bold; }
td[data-may='depends'] { background: var(--depends); }
td small { display: none; font-weight: normal; max-width: 16rem; }
.why td small { display: block; }
@media print { form { display: none; } thead th { position: static; } tr { break-inside: avoid; } }
`;

export const PAGE_SCRIPT = `
const query = document.getElementById('query');
const rows = [...document.querySelectorAll('tbody tr')];
function filter() {
  const words = query.value.toLowerCase().split(/\\s+/);
  for (const row of rows) {
    const text = row.dataset.text;
    row.hidden = !words.every((word) => text.includes(word));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  document.getElementById('shown').textContent = shown + ' of ' + rows.length + ' handlers';
}
query.addEventListener('input', filter);
document.getElementById('why').addEventListener('change', ({ target }) => {
  document.body.classList.toggle('why', target.checked);
});
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
filter();
`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Policy that loads nothing, and runs nothing but the script above. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(PAGE_STYLE)}`,
  `script-src ${hashOf(PAGE_SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
