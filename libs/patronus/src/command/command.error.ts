import { EXIT, type ExitCode } from './exit-code.js';

/** Error of a command, with its cause and its remedy. */
export class CommandError extends Error {
  constructor(
    problem: string,
    remedy: string,
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(`${problem} ${remedy}`);
    this.name = 'CommandError';
  }
}
