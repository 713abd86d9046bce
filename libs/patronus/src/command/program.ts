import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { isJsonObject } from '../identity/json-object.js';
import { type AddCommand, examples } from './add-command.js';
import { CommandError } from './command.error.js';
import { addDevIdpCommand } from './dev-idp.command.js';
import { addDoctorCommand } from './doctor.command.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { addExplainCommand } from './explain.command.js';
import type { Output } from './output.js';
import { addRoutesCommand } from './routes.command.js';
import { addTokenCommand } from './token.command.js';

/** Commands in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addDevIdpCommand,
  addTokenCommand,
  addDoctorCommand,
  addRoutesCommand,
  addExplainCommand,
];

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return isJsonObject(manifest) ? String(manifest['version']) : 'unknown';
}

function createProgram(output: Output): Command {
  const program = new Command('patronus')
    .description('Tools for applications that are guarded by @patronus/nestjs.')
    .version(version())
    .option('--json', 'answer with one JSON document')
    .option('--verbose', 'show the stack of an error')
    .configureHelp({
      showGlobalOptions: true,
      // Commander removes the colours if there is no terminal, or with NO_COLOR.
      styleTitle: (title) => styleText('bold', title, { validateStream: false }),
    })
    .addHelpText(
      'after',
      examples(
        'npx patronus dev-idp',
        'TOKEN=$(npx patronus token --user ana)',
        'npx patronus doctor --issuer https://id.example.com --audience patients-api',
      ),
    )
    .exitOverride()
    .hook('preAction', (_program, command) => output.configure(command.optsWithGlobals()));
  for (const addCommand of COMMANDS) addCommand(program, output);
  return program;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof PatronusConfigurationError ? EXIT.usage : EXIT.wrong;
}

/** Runs the command that the command line names, and returns its exit code. Never rejects. */
export async function runProgram(argv: readonly string[], output: Output): Promise<ExitCode> {
  try {
    await createProgram(output).parseAsync(argv, { from: 'user' });
    return output.exitCode;
  } catch (error) {
    // Commander has already printed the error. Its help and its version end here, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    output.failure(error);
    return exitCodeOf(error);
  }
}
