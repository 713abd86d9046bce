import { html, type Html } from './html.js';

/** What every page has around its content. */
export interface Layout {
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
