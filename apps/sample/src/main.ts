import 'reflect-metadata';
import { EmbeddedClusterError } from '@patronus/embedded-database';
import { PatronusConfigurationError } from '@patronus/nestjs';
import { SettingsError } from './settings/read-setting.js';
import { startClinic } from './start-clinic.js';

try {
  await startClinic(process.env);
} catch (error) {
  const expected =
    error instanceof SettingsError ||
    error instanceof EmbeddedClusterError ||
    error instanceof PatronusConfigurationError;
  console.error(expected ? error.message : error);
  process.exitCode = 1;
}
