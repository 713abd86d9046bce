import { html, type Html } from '../../operation/http/html.js';
import type { Locale } from '../../operation/http/locale.js';
import type { Copy } from '../copy/en.js';

/** The language and the brand of a page, and links that keep the language. */
export interface PageContext {
  readonly locale: Locale;
  readonly copy: Copy;
  readonly brand: string;
  /** The path of the logo. */
  readonly logo: string;
  /** Adds `ui_locales` to a path of the platform, if the request has one. */
  readonly link: (path: string) => string;
}

interface Layout {
  /** The title of the window and the heading of the page. */
  readonly title: string;
  /** True for a page with an error, so that screen readers announce it first. */
  readonly failed?: boolean;
  readonly wide?: boolean;
}

export function layout(
  { locale, copy, brand, logo }: PageContext,
  { title, failed = false, wide = false }: Layout,
  content: Html,
): Html {
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${failed && `${copy.error}: `}${title} · ${brand}</title>
<link rel="icon" href="${logo}">
<link rel="stylesheet" href="/assets/platform.css">
<link rel="stylesheet" href="/assets/brand.css">
</head>
<body>
<header><img src="${logo}" alt="" height="32"><span>${brand}</span></header>
<main${wide && html` class="wide"`}>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

/** The sentence below the heading. */
export function lead(content: Html | string): Html {
  return html`<p class="lead">${content}</p>`;
}

export function hint(content: Html | string): Html {
  return html`<p class="hint">${content}</p>`;
}

/** Marks text of other people, such as a name, and isolates the direction of its script. */
export function quoted(text: string): Html {
  return html`<strong><bdi>${text}</bdi></strong>`;
}

/** The one next step of a page without a form. */
export function nextStep(ui: PageContext, href: string, label: string): Html {
  return html`<p><a class="button" href="${ui.link(href)}">${label}</a></p>`;
}

/** Links below the content. Those without an address are left out. */
export function links(
  ui: PageContext,
  entries: readonly [href: string | undefined, label: string][],
) {
  const shown = entries.flatMap(([href, label]) =>
    href === undefined ? [] : [html`<li><a href="${ui.link(href)}">${label}</a></li> `],
  );
  return (
    shown.length > 0 &&
    html`<ul class="links">
      ${shown}
    </ul>`
  );
}

/** A time in UTC: a page without scripts does not know the time zone of its reader. */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}
