import { styleText } from 'node:util';
import { EXIT, type ExitCode } from './exit-code.js';

type Format = Parameters<typeof styleText>[0];

/**
 * Ignores that the reader of a pipe has closed it, as `head` does. The command runs to its end, with
 * its own exit code.
 */
export function survivesClosing(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Settings from `--json` and `--verbose`. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * Writes the output of a command. The result goes to stdout, as text or with `--json` as one
 * document. Everything else goes to stderr. Colours appear on a terminal only, and never with
 * `NO_COLOR`.
 */
export class Output {
  /** Exit code, which a command sets if it finds a fault. */
  exitCode: ExitCode = EXIT.fine;
  private options: OutputOptions = {};

  configure(options: OutputOptions): void {
    this.options = options;
  }

  /** Writes the result: `document` with `--json`, else `text`. */
  answer(document: unknown, text: string): void {
    process.stdout.write(`${this.options.json === true ? JSON.stringify(document) : text}\n`);
  }

  /** Writes a note that is not part of the result. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Writes one sentence with its remedy, and the stack only with `--verbose`. */
  failure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const label = styleText('red', 'patronus:', { stream: process.stderr });
    this.note(`${label} ${message}`);
    if (this.options.verbose === true && error instanceof Error) this.note(error.stack ?? '');
  }

  /** Colours a part of the result's text. */
  style(format: Format, text: string): string {
    return styleText(format, text, { stream: process.stdout });
  }
}
