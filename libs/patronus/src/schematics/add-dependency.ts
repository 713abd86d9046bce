import { isJsonObject, type JsonObject } from '../identity/json-object.js';

/** Sections in which a package may be listed; one of them is enough. */
const SECTIONS = ['dependencies', 'devDependencies', 'peerDependencies'] as const;

function section(manifest: JsonObject, name: string): JsonObject {
  const value = manifest[name];
  return isJsonObject(value) ? value : {};
}

/**
 * Returns the text of a `package.json` with a package added to its dependencies.
 *
 * @returns the same text if it is listed already; undefined if the text is not a manifest
 */
export function addDependency(text: string, name: string, range: string): string | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(manifest)) return undefined;
  const known = manifest;
  if (SECTIONS.some((one) => Object.hasOwn(section(known, one), name))) return text;
  const entries = Object.entries({ ...section(known, 'dependencies'), [name]: range });
  const dependencies = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const indent = /^[{]\r?\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  return `${JSON.stringify({ ...known, dependencies }, null, indent)}\n`;
}
