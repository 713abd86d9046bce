const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  // No character reference means NUL (HTML, section 13.2.3.5): it is shown as what cannot be shown.
  '\0': '\uFFFD',
};

/** Markup that is safe to send. Only {@link html} makes it. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** What a template takes: text is escaped, markup stands as it is, and nothing is nothing. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/**
 * Markup around values, each escaped unless it is markup itself. A value stands between tags, or inside
 * of an attribute's double quotes; never in a tag's name, a script, a style or a comment.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.map((part, at) => part + render(values[at])).join(''));
}

function render(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replaceAll(/[&<>"'`\0]/g, (character) => ENTITIES[character] ?? '');
}

/** What every page has around its content. */
interface Layout {
  /** Of the window, and the heading of the page. */
  readonly title: string;
  /** Whether a form came back: the first thing that a screen reader says. */
  readonly failed?: boolean;
  readonly wide?: boolean;
}

export function layout({ title, failed = false, wide = false }: Layout, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${failed && 'Error: '}${title} · Patronus</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/platform.css">
</head>
<body>
<header><img src="/assets/icon.svg" alt="" width="32" height="32"><span>Patronus</span></header>
<main${wide && html` class="wide"`}>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

/** A time of day, in UTC: a page without scripts does not know where its reader is. */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}
