import { EmbeddedClusterError } from '@patronus/embedded-database';
import { PatronusConfigurationError } from '@patronus/nestjs';
import 'reflect-metadata';
import { SettingsError } from './operation/settings/server-settings.js';
import { rewrapKeys } from './rewrap-keys.js';
import { startServer } from './server.js';

try {
  // Node.js reads `.env` itself. Variables that are set already take precedence.
  if (process.env['NODE_ENV'] !== 'production') loadEnvironmentFile();
  await (process.argv[2] === 'rewrap-keys' ? rewrapKeys(process.env) : startServer(process.env));
} catch (error) {
  const expected =
    error instanceof SettingsError ||
    error instanceof EmbeddedClusterError ||
    error instanceof PatronusConfigurationError;
  console.error(expected ? error.message : error);
  process.exitCode = 1;
}

function loadEnvironmentFile(): void {
  try {
    process.loadEnvFile();
  } catch {
    // There is no such file.
  }
}
