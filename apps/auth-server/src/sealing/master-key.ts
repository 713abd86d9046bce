import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSettings } from '../settings/server-settings.js';
import { SettingsError } from '../settings/settings.error.js';

/** The key of the environment; in development, where there is none, one that the data folder keeps. */
export function masterKeyOf(settings: ServerSettings): Buffer {
  if (settings.masterKey !== undefined) return Buffer.from(settings.masterKey, 'base64');
  const file = join(settings.dataFolder, 'master.key');
  const key = readKey(file) ?? makeKey(settings.dataFolder, file);
  if (key.length === 32) return key;
  throw new SettingsError(
    `MASTER_KEY is not set, and ${file} holds no key: give the one that the data was sealed with, or remove the data folder to begin anew.`,
  );
}

function readKey(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and the first of two wins: a link fails where the name is taken. */
function makeKey(folder: string, file: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch {
    // Another process made one meanwhile: it is read below.
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(file) ?? Buffer.alloc(0);
}
