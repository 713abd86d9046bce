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
