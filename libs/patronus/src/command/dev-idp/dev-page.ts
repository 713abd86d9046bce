import { createHash } from 'node:crypto';
import { escapeHtml } from '../escape-html.js';
import type { DevIssuer } from './dev-issuer.js';
import type { DevUser } from './dev-users.js';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1rem; }
li { margin-block: 1rem; }
ul { list-style: none; padding: 0; }
pre, textarea { box-sizing: border-box; width: 100%; overflow: auto; font: 0.875rem/1.4 monospace; }
button { font: inherit; padding: 0.25rem 1rem; min-height: 2.75rem; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Policy that loads nothing, runs nothing, and lets no other page frame this one. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Token that was just issued, with its user. */
export interface Minted {
  readonly user: DevUser;
  readonly token: string;
}

function userItem({ name, claims }: DevUser): string {
  const safe = escapeHtml(name);
  return `<li><h3>${safe}</h3>
<pre tabindex="0" role="group" aria-label="Claims of ${safe}">${escapeHtml(JSON.stringify(claims, null, 2))}</pre>
<form method="post" action="/"><button name="user" value="${safe}">Token for ${safe}</button></form></li>`;
}

function mintedSection({ user, token }: Minted): string {
  return `<section aria-labelledby="token-title"><h2 id="token-title">Token for ${escapeHtml(user.name)}</h2>
<p><label for="token">Send it as <code>Authorization: Bearer …</code></label></p>
<textarea id="token" rows="8" readonly spellcheck="false">${escapeHtml(token)}</textarea></section>`;
}

/** Renders the page that lists the users, with a button for each. It needs no script. */
export function renderPage(issuer: DevIssuer, minted?: Minted): string {
  const title =
    minted === undefined ? 'Development issuer' : `Token for ${escapeHtml(minted.user.name)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} - Patronus</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><main><h1>Development issuer</h1>
<p>Anyone who opens this page can be any of these users. Never put it where others can reach it.</p>
<dl><dt>Issuer</dt><dd><code>${escapeHtml(issuer.url)}</code></dd>
<dt>Audience</dt><dd><code>${escapeHtml(issuer.audience)}</code></dd></dl>
${minted === undefined ? '' : mintedSection(minted)}
<h2>Users</h2><ul>${issuer.users.map(userItem).join('\n')}</ul></main></body></html>
`;
}
