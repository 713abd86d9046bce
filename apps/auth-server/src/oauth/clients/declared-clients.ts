import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eq, inArray, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { clientParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  PlatformDatabase,
} from '../../operation/database/database.js';
import { clients } from './clients.table.js';
import { ServerSettings, SettingsError } from '../../operation/settings/server-settings.js';
import { CLIENT_DEFINITION, type ClientMetadata, needsSecret } from './client-metadata.schema.js';
import { ClientSecretsService, MAX_SECRETS } from './client-secrets.service.js';
import { changesOf, ClientsService } from './clients.service.js';

/** A secret that cannot be guessed from its hash. */
const SECRET = z.string().regex(/^[\x21-\x7e]{32,200}$/);

const CREDENTIALS = z.looseObject({
  client_id: z.string({ error: 'is missing.' }),
  client_secret: z
    .union([SECRET.transform((secret) => [secret]), z.array(SECRET).min(1).max(MAX_SECRETS)], {
      error:
        'must have at least 32 characters, or be a list of two: `openssl rand -hex 32` creates one.',
    })
    .default([]),
});

/** A client as the environment describes it. */
interface DeclaredClient {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** One secret, or two while the client changes from one to the other. */
  readonly secrets: readonly string[];
}

/** Parses `CLIENTS`. @throws {SettingsError} with a line for each mistake, without values */
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
    if (seen.has(client.id)) fault(['client_id'], 'is used twice.');
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
    fault(['client_secret'], `must be omitted: ${method} has none.`);
  }
  return { id, metadata: definition.data.metadata, secrets };
}

/**
 * Synchronises the clients that the environment declares: creates, updates and deletes them at start.
 * Clients of the admin API and of registration are not affected.
 */
@Injectable()
export class DeclaredClients implements OnModuleInit {
  readonly #declared: readonly DeclaredClient[];

  /** @throws {SettingsError} with every mistake in `CLIENTS` */
  constructor(
    settings: ServerSettings,
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly known: ClientsService,
    private readonly secrets: ClientSecretsService,
    private readonly events: Events,
  ) {
    this.#declared = readDeclaredClients(settings.clients);
  }

  /** @throws {SettingsError} if another client has the id of a declared one */
  async onModuleInit(): Promise<void> {
    const changed = await this.database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.declaredClients})`);
      return this.#apply(tx);
    });
    await this.known.forget(changed);
  }

  /** @returns the ids of the clients that changed */
  async #apply(session: DatabaseSession): Promise<string[]> {
    const ids = this.#declared.map(({ id }) => id);
    const rows = await session
      .select()
      .from(clients)
      .where(or(eq(clients.origin, 'declared'), inArray(clients.id, ids)));
    const standing = new Map(rows.map((row) => [row.id, row]));
    const vanished = rows.map(({ id }) => id).filter((id) => !ids.includes(id));
    // Their tokens are announced with everything that ended before this process started.
    await this.known.removeWithin(session, vanished);
    const changed = this.#declared.filter(({ id, metadata }) => {
      const row = standing.get(id);
      return row?.origin !== 'declared' || !isDeepStrictEqual(row.metadata, metadata);
    });
    for (const client of changed) {
      await this.#write(session, client);
      const before = standing.get(client.id);
      const type = before === undefined ? 'client.created' : 'client.updated';
      const changes = changesOf(before?.metadata, client.metadata);
      await this.events.record(session, { type, subject: clientParty(client.id), changes });
    }
    for (const { id, secrets } of this.#declared) {
      await this.secrets.set(session, id, secrets, undefined);
    }
    return [...vanished, ...changed.map(({ id }) => id)];
  }

  async #write(session: DatabaseSession, { id, metadata }: DeclaredClient): Promise<void> {
    const now = this.clock.now();
    const written = await session
      .insert(clients)
      .values({ id, metadata, origin: 'declared', createdAt: now, updatedAt: now })
      .onConflictDoUpdate({
        target: clients.id,
        set: { metadata, updatedAt: now },
        setWhere: eq(clients.origin, 'declared'),
      })
      .returning({ id: clients.id });
    if (written.length > 0) return;
    throw new SettingsError(
      `CLIENTS: the client_id ${id} is already used by a client that was not declared. Choose another one.`,
    );
  }
}
