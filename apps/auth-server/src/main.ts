import { EmbeddedClusterError } from '@patronus/embedded-database';
import { PatronusConfigurationError } from '@patronus/nestjs';
import 'reflect-metadata';
import { migrateDatabase } from './operation/database/open-database.js';
import { readDatabaseSettings, SettingsError } from './operation/settings/server-settings.js';
import { printFatal } from './operation/logging/process-log.js';
import { rewrapKeys } from './rewrap-keys.js';
import { startServer } from './server.js';
import { printSetupLink } from './setup-link.js';

type Run = (environment: NodeJS.ProcessEnv) => Promise<void>;

/** The commands beside the server. Each ends by itself. */
const COMMANDS: ReadonlyMap<string, { readonly summary: string; readonly run: Run }> = new Map([
  ['migrate', { summary: 'creates or migrates the tables', run: migrate }],
  [
    'rewrap-keys',
    { summary: 'encrypts the data keys with the first key of MASTER_KEY', run: rewrapKeys },
  ],
  [
    'setup-link',
    { summary: 'prints the link that creates the first administrator', run: printSetupLink },
  ],
]);

try {
  // Node.js reads `.env` itself. Variables that are set already take precedence.
  if (!isProduction()) loadEnvironmentFile();
  process.on('uncaughtException', (error) => {
    printFatal(error, false, isProduction());
    process.exit(1);
  });
  const run = commandOf(process.argv.slice(2));
  if (run === undefined) {
    console.error(usage());
    process.exitCode = 2;
  } else {
    await run(process.env);
  }
} catch (error) {
  const expected =
    error instanceof SettingsError ||
    error instanceof EmbeddedClusterError ||
    error instanceof PatronusConfigurationError;
  printFatal(error, expected, isProduction());
  process.exitCode = 1;
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

/** Returns what the command line names: the server if it is empty. Undefined if there is no such command. */
function commandOf([name, ...rest]: readonly string[]): Run | undefined {
  if (name === undefined) return startServer;
  return rest.length === 0 ? COMMANDS.get(name)?.run : undefined;
}

function usage(): string {
  const commands = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return [
    'Usage: node main.js [command]',
    '',
    'Runs the server, or one of these commands:',
    ...commands,
  ].join('\n');
}

async function migrate(environment: NodeJS.ProcessEnv): Promise<void> {
  const applied = await migrateDatabase(readDatabaseSettings(environment));
  for (const name of applied) console.log(`Applied ${name}.`);
  if (applied.length === 0) console.log('The tables are up to date.');
}

function loadEnvironmentFile(): void {
  try {
    process.loadEnvFile();
  } catch {
    // There is no such file.
  }
}
