import { styleText } from 'node:util';
import { EXIT, type ExitCode } from './exit-code.js';

type Format = Parameters<typeof styleText>[0];

/** What `--json` and `--verbose` said. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * Where a command writes. The answer goes to stdout, as text or with `--json` as one document; all
 * else goes to stderr. Colours appear on a terminal only, and never with `NO_COLOR`.
 */
export class Output {
  /** A command that finds something wrong says so here. */
  exitCode: ExitCode = EXIT.fine;
  private options: OutputOptions = {};

  configure(options: OutputOptions): void {
    this.options = options;
  }

  /** The answer: `document` with `--json`, else `text`. */
  answer(document: unknown, text: string): void {
    process.stdout.write(`${this.options.json === true ? JSON.stringify(document) : text}\n`);
  }

  /** What is worth knowing, and no part of the answer. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** One sentence with its remedy; the stack only with `--verbose`. */
  failure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const label = styleText('red', 'patronus:', { stream: process.stderr });
    this.note(`${label} ${message}`);
    if (this.options.verbose === true && error instanceof Error) this.note(error.stack ?? '');
  }

  /** A part of the answer's text in colour. */
  style(format: Format, text: string): string {
    return styleText(format, text, { stream: process.stdout });
  }
}
