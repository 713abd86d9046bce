import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Block of code with its place. */
export interface Snippet {
  /** `docs/dpop.md:12`, the line of the fence. */
  readonly place: string;
  readonly code: string;
}

/** A page of the repository, by its path from the root. */
export class MarkdownPage {
  constructor(
    readonly path: string,
    private readonly text = readFileSync(join(ROOT, path), 'utf8'),
  ) {}

  /** The blocks of a language. */
  snippets(language: string): readonly Snippet[] {
    const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
    return [...this.text.matchAll(fence)].map(({ 1: code = '', index }) => ({
      place: `${this.path}:${this.text.slice(0, index).split('\n').length}`,
      code,
    }));
  }

  /**
   * Blocks of TypeScript that {@link snippets} leaves out: indented, or with more than the
   * language.
   */
  get uncompiled(): readonly string[] {
    return [...this.text.matchAll(/^([^\S\n]*)```(ts\b[^\n]*)$/gm)]
      .filter(([, indent, info]) => indent !== '' || info !== 'ts')
      .map(
        ({ 2: info, index }) =>
          `${this.path}:${this.text.slice(0, index).split('\n').length} ${info}`,
      );
  }

  /** Targets of its links, except those to other sites. */
  get links(): readonly string[] {
    const links = [...this.prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
    return links.filter((target) => !/^[a-z]+:/i.test(target));
  }

  /** The anchors of its headings, as GitHub makes them. */
  get anchors(): ReadonlySet<string> {
    const anchors = new Set<string>();
    for (const [, heading = ''] of this.prose.matchAll(/^#+ +(.+)$/gm)) {
      const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const slug = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
      let anchor = slug;
      for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
      anchors.add(anchor);
    }
    return anchors;
  }

  /** The page without its code. */
  private get prose(): string {
    return this.text
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
  }
}
