import type { Environment } from './required.js';
import { SettingsError } from './settings.error.js';

/** @throws {SettingsError} if `PORT` is not a port */
export function readPort({ PORT: text = '3000' }: Environment): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new SettingsError(`PORT must be a whole number from 0 to 65535, and is "${text}".`);
  }
  return port;
}
