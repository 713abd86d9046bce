import { errors } from 'oidc-provider';
import {
  CLIENT_DEFINITION,
  CLIENT_MEMBERS,
  type ClientMetadata,
} from './client-metadata.schema.js';

/**
 * Validates the metadata that a client registers (RFC 7591, section 2) by the rules for all clients, and drops
 * unknown members.
 *
 * @throws {errors.InvalidClientMetadata}
 */
export function registeredMetadata(
  id: string,
  given: Readonly<Record<string, unknown>>,
): ClientMetadata {
  for (const member of ['skip_consent', 'require_pkce', 'sector_identifier_uri']) {
    if (given[member] === undefined) continue;
    throw new errors.InvalidClientMetadata(`${member} must not be registered`);
  }
  const known = Object.entries(given).filter(([member]) => Object.hasOwn(CLIENT_MEMBERS, member));
  const metadata = { ...Object.fromEntries(known), client_id: id };
  const { data, error } = CLIENT_DEFINITION.safeParse({ metadata });
  if (data !== undefined) return data.metadata;
  const [issue] = error.issues;
  const [, member, ...below] = issue?.path ?? [];
  throw new errors.InvalidClientMetadata(
    `${[member, ...below].map(String).join('.')} ${issue?.message}`,
  );
}
