import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../markdown-page.js';

/** File that the page has its reader write. */
export interface FileStep {
  readonly kind: 'file';
  readonly path: string;
  readonly code: string;
}

/** Commands that the page has its reader type. */
export interface CommandStep {
  readonly kind: 'command';
  readonly lines: readonly string[];
}

/** Text that an answer (`http`) or the log (`log`) holds, according to the page. */
export interface OutputStep {
  readonly kind: 'http' | 'log';
  readonly text: string;
}

export type Step = FileStep | CommandStep | OutputStep;

/** Returns the blocks of `docs/start.md` with something to do or to see, in their order. */
export function stepsOf(page: string): readonly Step[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const fences = text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm);
  return [...fences].flatMap(([, language = '', path, code = '']): Step[] => {
    if (path !== undefined) return [{ kind: 'file', path, code }];
    if (language === 'sh') return [{ kind: 'command', lines: code.trimEnd().split('\n') }];
    if (language === 'http' || language === 'log')
      return [{ kind: language, text: code.trimEnd() }];
    return [];
  });
}
