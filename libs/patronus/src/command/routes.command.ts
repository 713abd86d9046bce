import type { Command } from 'commander';
import { type AddCommand, examples } from './add-command.js';
import { DEFAULT_APPLICATION } from './application/application-reference.js';
import type { RoutesOptions } from './routes/run-routes.js';

export const addRoutesCommand: AddCommand = (program, output) => {
  program
    .command('routes')
    .description('list every handler of your application, and who may call it')
    .option(
      '--app <file#export>',
      `a module, or a function that makes the application (${DEFAULT_APPLICATION})`,
    )
    .option('--markdown', 'answer with Markdown')
    .option('--html <file>', 'write a page with the matrix of calls and roles')
    .option('--check <file>', 'compare with a file that --json wrote, and print the differences')
    .addHelpText(
      'after',
      examples(
        'npx patronus routes',
        'npx patronus routes --json > authority.json',
        'npx patronus routes --check authority.json',
        'npx patronus routes --app dist/create-app.js#createApp --html authority.html',
      ),
    )
    .action(async (_options: unknown, command: Command) => {
      // Loaded on demand: other commands need neither Nest nor the rooms of the library.
      const { runRoutes } = await import('./routes/run-routes.js');
      await runRoutes(command.optsWithGlobals<RoutesOptions>(), output);
    });
};
