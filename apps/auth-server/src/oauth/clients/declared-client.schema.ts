import { z } from 'zod';
import { SettingsError } from '../../settings/settings.error.js';
import { CLIENT_DEFINITION, type ClientMetadata, needsSecret } from './client-metadata.schema.js';
import { MAX_SECRETS } from './client-secrets.js';

/** Whoever reads the hashes must not be able to guess what they are of. */
const SECRET = z.string().regex(/^[\x21-\x7e]{32,200}$/);

const CREDENTIALS = z.looseObject({
  client_id: z.string({ error: 'is missing.' }),
  client_secret: z
    .union([SECRET.transform((secret) => [secret]), z.array(SECRET).min(1).max(MAX_SECRETS)], {
      error:
        'must have 32 characters at least, or be a list of two such: `openssl rand -base64 32` makes one.',
    })
    .default([]),
});

/** A client as the environment describes it. */
export interface DeclaredClient {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** While one takes over from the other there are two. */
  readonly secrets: readonly string[];
}

/** @throws {SettingsError} that names every mistake, one a line, and no value */
export function readDeclaredClients(
  given: readonly Readonly<Record<string, unknown>>[],
): DeclaredClient[] {
  const mistakes: string[] = [];
  const seen = new Set<string>();
  const declared = given.flatMap((one, index) => {
    const fault = (path: readonly PropertyKey[], message: string) => {
      mistakes.push(`${['CLIENTS', index, ...path].map(String).join('.')} ${message}`);
    };
    const client = readDeclaredClient(one, fault);
    if (client === undefined) return [];
    if (seen.has(client.id)) fault(['client_id'], 'is that of another one too.');
    seen.add(client.id);
    return [client];
  });
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'));
  return declared;
}

function readDeclaredClient(
  given: Readonly<Record<string, unknown>>,
  fault: (path: readonly PropertyKey[], message: string) => void,
): DeclaredClient | undefined {
  const credentials = CREDENTIALS.safeParse(given);
  const { client_secret: _, ...metadata } = given;
  const definition = CLIENT_DEFINITION.safeParse({ metadata });
  for (const { path, message } of credentials.error?.issues ?? []) fault(path, message);
  for (const { path, message } of definition.error?.issues ?? []) fault(path.slice(1), message);
  if (!credentials.success || !definition.success) return undefined;
  const { client_id: id, client_secret: secrets } = credentials.data;
  const { token_endpoint_auth_method: method } = definition.data.metadata;
  if (needsSecret(method) && secrets.length === 0) {
    fault(['client_secret'], `is missing: ${method} needs it.`);
  }
  if (!needsSecret(method) && secrets.length > 0) {
    fault(['client_secret'], `must not be there: ${method} has none.`);
  }
  return { id, metadata: definition.data.metadata, secrets };
}
