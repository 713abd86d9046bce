/** The languages of pages and mails. The first is the default. */
export const LOCALES = ['en', 'es'] as const;

export type Locale = (typeof LOCALES)[number];

/**
 * Returns the first supported language of `ui_locales`: language tags in order of preference, with spaces
 * between them (OpenID Connect Core 1.0, section 3.1.2.1).
 */
export function readUiLocales(value: unknown): Locale | undefined {
  if (typeof value !== 'string') return undefined;
  const languages = value.toLowerCase().split(' ').map(primaryLanguage);
  return languages.map((name) => LOCALES.find((locale) => locale === name)).find(Boolean);
}

function primaryLanguage(tag: string): string {
  return tag.split('-')[0] ?? '';
}
