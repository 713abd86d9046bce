import type { Command } from 'commander';
import type { Output } from './output.js';

/**
 * Adds one command to the program: its name, options, examples and action. The action answers by
 * `output.answer()`, sets `output.exitCode` where what it looked at is wrong, and throws a
 * {@link CommandError} where it cannot do its work. `--json` and `--verbose` are there for all.
 *
 * @example
 * export const addGreetCommand: AddCommand = (program, output) => {
 *   program
 *     .command('greet <name>')
 *     .description('greets')
 *     .action((name: string) => output.answer({ name }, `Hello, ${name}.`));
 * };
 */
export type AddCommand = (program: Command, output: Output) => void;

/** The examples beneath the options of a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
