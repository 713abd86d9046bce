import { fileURLToPath } from 'node:url';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** What statements run on: the database, or a transaction in it. */
export type DatabaseSession = PgDatabase<PgQueryResultHKT>;

/** The platform's database, whichever it is. Abstract class: the type and the injection token in one. */
export abstract class PlatformDatabase implements OnApplicationShutdown {
  /** For people: where the rows are, without a password. */
  abstract readonly place: string;
  /** Each statement on its own; `db.transaction(…)` for several. */
  abstract readonly db: DatabaseSession;
  /** Whether it answers. @throws where it does not */
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

/** As `drizzle-kit generate` writes them. Once released, a migration never changes. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Why a statement failed, without what it was about: Drizzle's message has the values in it. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a `uuid` column can be asked for it: PostgreSQL fails on any other text. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** PostgreSQL's advisory locks that instances hold in turn. Each number stands for one, in this database. */
export const ADVISORY_LOCKS = {
  migration: 7_287_668,
  keyRotation: 7_287_669,
  firstAdministrator: 7_287_670,
  declaredClients: 7_287_671,
  declaredResourceServers: 7_287_672,
  lastAdministrator: 7_287_673,
} as const;

const UNIQUE_VIOLATION = '23505';

/** Whether the database refused a row because another one has its key. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return Reflect.get(error, 'code') === UNIQUE_VIOLATION || isUniqueViolation(error.cause);
}
