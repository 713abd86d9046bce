import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../markdown-page.js';
import { type PublicName, publicNames } from './declarations.js';
import { type PublicEntry, publicEntries } from './public-entries.js';
import { NOTICE, referencePage } from './reference-page.js';

/** Public names of all entries. */
export interface Reference {
  readonly entries: readonly (PublicEntry & { readonly names: readonly PublicName[] })[];
}

export function readReference(): Reference {
  const entries = publicEntries();
  const names = publicNames(entries.map(({ source }) => source));
  return {
    entries: entries.map((entry) => ({ ...entry, names: names.get(entry.source) ?? [] })),
  };
}

/** Returns the pages of `docs/reference`, by path, as prettier formats them. */
export async function referencePages({ entries }: Reference): Promise<ReadonlyMap<string, string>> {
  const pages = entries.map((entry) => [entry.page, referencePage(entry, entry.names)] as const);
  const drafts = [['docs/reference/README.md', indexPage({ entries })] as const, ...pages];
  return new Map(
    await Promise.all(
      drafts.map(async ([path, text]) => {
        const filepath = join(ROOT, path);
        const config = await resolveConfig(filepath);
        return [path, await format(text, { ...config, filepath })] as const;
      }),
    ),
  );
}

function indexPage({ entries }: Reference): string {
  const lines = entries.map(({ name, page, names }) => {
    const words = names.map((one) => `\`${one.name}\``).join(', ');
    return `- [\`${name}\`](${page.replace('docs/reference/', '')}): ${words}`;
  });
  return [
    '# Reference',
    `${NOTICE} A page for each entry of the package: every name, its signature, and its comment.`,
    lines.join('\n'),
  ].join('\n\n');
}
