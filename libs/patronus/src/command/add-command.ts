import type { Command } from 'commander';
import type { Output } from './output.js';

/**
 * Adds one command to the program: its name, options, examples and action. The action writes its
 * result by `output.answer()`, sets `output.exitCode` if it found a fault, and throws a
 * {@link CommandError} if it cannot do its work. All commands have `--json` and `--verbose`.
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

/** Formats the examples beneath the options of a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
