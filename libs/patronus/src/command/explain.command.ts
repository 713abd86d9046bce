import type { Command } from 'commander';
import { type AddCommand, examples } from './add-command.js';
import { DEFAULT_APPLICATION } from './application/application-reference.js';
import type { ExplainOptions } from './explain/run-explain.js';

function more(header: string, before: readonly string[]): readonly string[] {
  return [...before, header];
}

export const addExplainCommand: AddCommand = (program, output) => {
  program
    .command('explain')
    .description('say whether your application lets a call in, and why; the call is not made')
    .argument(
      '<token>',
      "the token, with or without its scheme; - reads it from stdin, '' stands for a call without one",
    )
    .argument('<method>', 'GET, POST, …; MESSAGE, RPC, EVENT, QUERY, MUTATION, SUBSCRIPTION, FIELD')
    .argument('<path>', 'the path with its prefix and version; the pattern, or the field')
    .option(
      '--app <file#export>',
      `a module, or a function that makes the application (${DEFAULT_APPLICATION})`,
    )
    .option('--header <header>', 'a header of the call; may repeat', more, [])
    .option('--api-key', 'the token is an API key')
    .option('--init', 'run the lifecycle hooks of the application first')
    .addHelpText(
      'after',
      `
A token that is an argument stays in the history of the shell, and other users of this machine may see it.
Use - instead.
${examples(
  'npx patronus token --user ana | npx patronus explain - DELETE /patients/7',
  "npx patronus explain - GET /api/v1/patients --header 'x-empresa-id: norte' < token.txt",
  "npx patronus explain '' QUERY patients --app dist/create-app.js#createApp",
)}`,
    )
    .action(async (token: string, method: string, path: string, _options, command: Command) => {
      // Loaded on demand: other commands need neither Nest nor the rooms of the library.
      const { runExplain } = await import('./explain/run-explain.js');
      const options = command.optsWithGlobals<ExplainOptions>();
      await runExplain({ token, method, target: path }, options, output);
    });
};
