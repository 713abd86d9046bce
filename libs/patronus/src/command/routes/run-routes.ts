import { writeFileSync } from 'node:fs';
import { withApplication } from '../application/with-application.js';
import { CommandError } from '../command.error.js';
import { EXIT } from '../exit-code.js';
import type { Output } from '../output.js';
import { changesSince } from './authority-changes.js';
import { authorityMap, type AuthorityMap } from './authority-map.js';
import { authorityMarkdown } from './authority-markdown.js';
import { authorityPage } from './authority-page.js';
import { authorityText } from './authority-text.js';

export interface RoutesOptions {
  readonly app?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: string;
  readonly check?: string;
}

/** Note on the settings of an application that its module alone does not contain. */
const MODULE_ALONE =
  'This was read from a module: the global prefix, the versions, the global guards and the microservices that main.ts adds are not known here. Name a function that creates the application: --app dist/create-app.js#createApp.';

export async function runRoutes(options: RoutesOptions, output: Output): Promise<void> {
  const { app, json = false, markdown = false, html, check } = options;
  if ([markdown, html !== undefined, check !== undefined].filter(Boolean).length > 1) {
    throw new CommandError(
      '--markdown, --html and --check cannot be combined.',
      'Ask for one at a time.',
    );
  }
  const map = await withApplication(app, false, ({ app: loaded, isModuleAlone }) =>
    authorityMap(loaded, isModuleAlone ? [MODULE_ALONE] : []),
  );
  if (check !== undefined) return report(changesSince(check, map), check, output);
  if (html !== undefined) return writePage(html, map, output);
  if (markdown) return output.answer({ markdown: authorityMarkdown(map) }, authorityMarkdown(map));
  // One fact a line, so that a change is one line of a diff.
  const text = json ? JSON.stringify(map, null, 2) : authorityText(map, output);
  process.stdout.write(`${text}\n`);
}

function report(changes: readonly string[], file: string, output: Output): void {
  const isSame = changes.length === 0;
  output.exitCode = isSame ? EXIT.fine : EXIT.wrong;
  const text = isSame
    ? `Authority matches ${file}.`
    : [
        ...changes,
        '',
        `Where this is meant: npx patronus routes --json > ${file}, and commit it.`,
      ].join('\n');
  output.answer({ ok: isSame, changes }, text);
}

function writePage(file: string, map: AuthorityMap, output: Output): void {
  try {
    writeFileSync(file, authorityPage(map));
  } catch {
    throw new CommandError(`${file} cannot be written.`, 'Name a file in an existing folder.');
  }
  output.answer({ file }, `Wrote ${file}.`);
}
