import { readFileSync } from 'node:fs';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';

/** User to log in as during development. */
export interface DevUser {
  /** Display name, which is also the `sub` unless `claims` hold one. */
  readonly name: string;
  readonly claims: JsonObject;
}

/** Claims that only the issuer sets. */
export const RESERVED_CLAIMS: readonly string[] = ['iss', 'iat', 'exp'];

/** Users in the absence of a file. */
export const DEFAULT_USERS: readonly DevUser[] = [
  {
    name: 'ana',
    claims: { name: 'Ana', email: 'ana@dev.example', roles: ['admin'], tenant_id: 'tenant-a' },
  },
  {
    name: 'ben',
    claims: { name: 'Ben', email: 'ben@dev.example', roles: ['member'], tenant_id: 'tenant-b' },
  },
];

const SHAPE = 'Write [{ "name": "ana", "claims": { "roles": ["doctor"] } }].';

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new PatronusConfigurationError(path, 'cannot be read.', 'Give --users a file that can.');
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new PatronusConfigurationError(path, 'is not JSON.', SHAPE);
  }
}

function userOf(value: unknown, path: string): DevUser {
  const name = isJsonObject(value) ? member(value, 'name') : undefined;
  if (!isJsonObject(value) || typeof name !== 'string' || name.trim() === '') {
    throw new PatronusConfigurationError(`${path}.name`, 'is missing, or is not text.', SHAPE);
  }
  const claims = member(value, 'claims') ?? {};
  if (!isJsonObject(claims)) {
    throw new PatronusConfigurationError(`${path}.claims`, 'is not an object.', SHAPE);
  }
  const reserved = RESERVED_CLAIMS.find((claim) => Object.hasOwn(claims, claim));
  if (reserved !== undefined) {
    throw new PatronusConfigurationError(
      `${path}.claims.${reserved}`,
      'is set by the issuer.',
      'Leave it out.',
    );
  }
  return { name, claims };
}

/**
 * Reads a file of users: a list of `{ name, claims }`.
 *
 * @throws {PatronusConfigurationError} if the file is not valid; names the file, the place in it,
 * and the remedy
 */
export function readUsers(file: string): readonly DevUser[] {
  const list = readJson(file);
  if (!Array.isArray(list) || list.length === 0) {
    throw new PatronusConfigurationError(file, 'is not a list of at least one user.', SHAPE);
  }
  const users = list.map((value, index) => userOf(value, `${file}: [${index}]`));
  const again = users.findIndex(({ name }, at) => users.some((u, i) => i < at && u.name === name));
  if (again !== -1) {
    throw new PatronusConfigurationError(
      `${file}: [${again}].name`,
      'occurs twice.',
      'Give each user a name of their own.',
    );
  }
  return users;
}
