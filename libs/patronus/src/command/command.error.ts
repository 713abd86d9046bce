import { EXIT, type ExitCode } from './exit-code.js';

/** Why a command could not do what it was asked for: what is wrong, and its remedy. */
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
