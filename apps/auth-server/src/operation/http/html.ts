const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  // HTML has no character reference for NUL (section 13.2.3.5): it becomes the replacement character.
  '\0': '\uFFFD',
};

/**
 * Markup that is safe to send. Only {@link html} makes it. `escape-html` of Express must be called for each
 * value, and leaves the backtick and NUL as they are.
 */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** A value in a template: text is escaped, markup is kept, and an absent value is left out. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/**
 * Builds markup and escapes every value that is not markup itself. A value stands between tags or inside
 * the double quotes of an attribute; never in a tag name, a script, a style or a comment.
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
