import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  and,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lt,
  lte,
  ne,
  notExists,
  or,
  type Placeholder,
  type SQL,
  sql,
} from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { SessionEnded } from '../../sessions/session-ended.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { isLiveSession, isOpenSession } from '../../sessions/sessions.service.js';
import { LogoutNotices } from './logout-notices.js';
import { oidcPayloads } from './payloads.table.js';

const { placeholder } = sql;
const KEY = [oidcPayloads.model, oidcPayloads.idHash];

/** Selects rows that meet a condition, have not expired, and belong to no ended session. */
function findLiving(session: DatabaseSession, condition: SQL | undefined, now: Date | Placeholder) {
  return session
    .select(getTableColumns(oidcPayloads))
    .from(oidcPayloads)
    .where(
      and(
        condition,
        or(isNull(oidcPayloads.expiresAt), gt(oidcPayloads.expiresAt, now)),
        or(
          isNull(oidcPayloads.sessionUid),
          isLiveSession(session, oidcPayloads.sessionUid, now),
          and(ne(oidcPayloads.model, 'Session'), isOpenSession(session, oidcPayloads.sessionUid)),
        ),
      ),
    );
}

/** The models that one lookup of a hash can take: an introspection asks for three. */
const SLOTS = ['first', 'second', 'third'] as const;

/**
 * Prepares a lookup. Takes `idHash`, `now` and a model for each of {@link SLOTS}.
 *
 * The models are single parameters: PostgreSQL plans a statement with an array parameter again at each use.
 */
function findByHash(session: DatabaseSession) {
  const models = SLOTS.map((slot) => placeholder(slot));
  const isAsked = and(
    eq(oidcPayloads.idHash, placeholder('idHash')),
    inArray(oidcPayloads.model, models),
  );
  return findLiving(session, isAsked, placeholder('now')).prepare('find_oidc_payload');
}

/** Prepares an upsert. Takes a row. The time of use and the user code of an existing row stay. */
function put(session: DatabaseSession) {
  return session
    .insert(oidcPayloads)
    .values({
      model: placeholder('model'),
      idHash: placeholder('idHash'),
      payload: placeholder('payload'),
      grantId: placeholder('grantId'),
      uid: placeholder('uid'),
      userCodeHash: placeholder('userCodeHash'),
      sessionUid: placeholder('sessionUid'),
      accountId: placeholder('accountId'),
      clientId: placeholder('clientId'),
      // Written without the encoder of the column, which does not accept a null placeholder.
      expiresAt: sql`${placeholder('expiresAt')}`,
    })
    .onConflictDoUpdate({
      target: KEY,
      set: {
        payload: sql`excluded.payload`,
        grantId: sql`excluded.grant_id`,
        uid: sql`excluded.uid`,
        userCodeHash: sql`coalesce(excluded.user_code_hash, ${oidcPayloads.userCodeHash})`,
        sessionUid: sql`excluded.session_uid`,
        accountId: sql`excluded.account_id`,
        clientId: sql`excluded.client_id`,
        expiresAt: sql`excluded.expires_at`,
      },
    })
    .prepare('put_oidc_payload');
}

/** Prepares a use. Takes `model`, `idHash` and `now`. Returns a row only for the first use. */
function consume(session: DatabaseSession) {
  const { model, idHash, consumedAt } = oidcPayloads;
  return session
    .update(oidcPayloads)
    .set({ consumedAt: sql`${placeholder('now')}` })
    .where(
      and(eq(model, placeholder('model')), eq(idHash, placeholder('idHash')), isNull(consumedAt)),
    )
    .returning({ idHash })
    .prepare('consume_oidc_payload');
}

export type OidcPayloadRow = typeof oidcPayloads.$inferSelect;
export type NewOidcPayload = Omit<OidcPayloadRow, 'consumedAt'>;

/** The lookups of a hash in one tick. */
interface Lookup {
  readonly models: Set<string>;
  readonly rows: Promise<OidcPayloadRow[]>;
}

/** The rows of oidc-provider. Expired rows and rows of ended sessions are not found. */
@Injectable()
export class PayloadRepository implements OnModuleInit {
  readonly #lookups = new Map<string, Lookup>();
  readonly #findByHash: ReturnType<typeof findByHash>;
  readonly #put: ReturnType<typeof put>;
  readonly #consume: ReturnType<typeof consume>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly sessionEnded: SessionEnded,
    private readonly notices: LogoutNotices,
  ) {
    this.#findByHash = findByHash(database.db);
    this.#put = put(database.db);
    this.#consume = consume(database.db);
  }

  onModuleInit(): void {
    const { db } = this.database;
    const { expiresAt, accountId, model, sessionUid, uid } = oidcPayloads;
    this.retention.register({
      name: 'oidc_payloads',
      table: oidcPayloads,
      key: oidcPayloads.idHash,
      expired: (before) => lt(expiresAt, before(CLOCK_MARGIN)),
    });
    // The lookup of a code or token joins its session, so the session must stay.
    this.retention.hold('sessions', (id) =>
      notExists(
        db
          .select({ one: sql`1` })
          .from(oidcPayloads)
          .where(eq(sessionUid, id)),
      ),
    );
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(oidcPayloads).where(inArray(accountId, [...accountIds]));
      },
    });
    // The API's refresh tokens stay: a logout that is repeated after a 503 identifies its session by one.
    this.sessionEnded.register(async (tx, ids) => {
      const isSession = and(eq(model, 'Session'), inArray(uid, [...ids]));
      const removed = await tx
        .delete(oidcPayloads)
        .where(or(inArray(sessionUid, [...ids]), isSession))
        .returning({ model, accountId, payload: oidcPayloads.payload });
      const ended = removed.filter((row) => row.model === 'Session');
      await this.notices.writeFor(tx, ended);
    });
  }

  /** Inserts or replaces a row. The time of use and the user code of an existing row stay. */
  async put(row: NewOidcPayload, session?: DatabaseSession): Promise<void> {
    const statement = session === undefined ? this.#put : put(session);
    await statement.execute({ ...row });
  }

  /** Inserts a row unless it exists and has not expired. Of several parallel callers, one gets `true`. */
  async putFirst(row: NewOidcPayload): Promise<boolean> {
    const written = await this.database.db
      .insert(oidcPayloads)
      .values(row)
      .onConflictDoUpdate({
        target: [oidcPayloads.model, oidcPayloads.idHash],
        set: row,
        setWhere: lte(oidcPayloads.expiresAt, this.clock.now()),
      })
      .returning({ idHash: oidcPayloads.idHash });
    return written.length === 1;
  }

  /** Confirms a device code that is not confirmed yet. Of several parallel callers, one gets `true`. */
  async putConfirmation({ payload, model, idHash }: NewOidcPayload): Promise<boolean> {
    const won = await this.database.db
      .update(oidcPayloads)
      .set({ payload })
      .where(and(this.is(model, idHash), sql`${oidcPayloads.payload} ->> 'inFlight' is null`))
      .returning({ idHash: oidcPayloads.idHash });
    return won.length === 1;
  }

  /** Finds a row. An introspection looks up three models at once, which becomes one statement. */
  async findByHash(model: string, idHash: string): Promise<OidcPayloadRow | undefined> {
    const lookup = this.#lookups.get(idHash) ?? this.lookUp(idHash);
    lookup.models.add(model);
    const rows = await lookup.rows;
    return rows.find((row) => row.model === model);
  }

  findByUid(model: string, uid: string): Promise<OidcPayloadRow | undefined> {
    return this.find(model, eq(oidcPayloads.uid, uid));
  }

  findByUserCodeHash(model: string, hash: string): Promise<OidcPayloadRow | undefined> {
    return this.find(model, eq(oidcPayloads.userCodeHash, hash));
  }

  /** Uses a row up in one statement. Of several parallel callers, one gets `true`. */
  async consume(model: string, idHash: string): Promise<boolean> {
    const won = await this.#consume.execute({ model, idHash, now: this.clock.now() });
    return won.length === 1;
  }

  /** Notes that a device asks for its token. False if it asked less than a number of seconds ago. */
  async notePoll(idHash: string, seconds: number): Promise<boolean> {
    const { payload } = oidcPayloads;
    const now = this.clock.now().getTime();
    const noted = await this.database.db
      .update(oidcPayloads)
      .set({ payload: sql`jsonb_set(${payload}, '{polledAt}', to_jsonb(${now}::bigint))` })
      .where(
        and(
          this.is('DeviceCode', idHash),
          sql`coalesce((${payload} ->> 'polledAt')::bigint, 0) <= ${now - seconds * 1000}::bigint`,
        ),
      )
      .returning({ idHash: oidcPayloads.idHash });
    return noted.length === 1;
  }

  /** Removes a row in a transaction. Of several parallel callers, one gets `true`. */
  async take(tx: DatabaseSession, model: string, idHash: string): Promise<boolean> {
    const taken = await tx
      .delete(oidcPayloads)
      .where(this.is(model, idHash))
      .returning({ idHash: oidcPayloads.idHash });
    return taken.length === 1;
  }

  async remove(model: string, idHash: string): Promise<void> {
    await this.database.db.delete(oidcPayloads).where(this.is(model, idHash));
  }

  async removeByGrant(model: string, grantId: string): Promise<void> {
    await this.database.db
      .delete(oidcPayloads)
      .where(and(eq(oidcPayloads.model, model), eq(oidcPayloads.grantId, grantId)));
  }

  /**
   * Starts a lookup that runs after all calls of this tick have added their models. A single flight would read
   * once for each model.
   */
  private lookUp(idHash: string): Lookup {
    const models = new Set<string>();
    const rows = Promise.resolve().then(() => {
      this.#lookups.delete(idHash);
      return this.readByHash(idHash, [...models]);
    });
    const lookup = { models, rows };
    this.#lookups.set(idHash, lookup);
    return lookup;
  }

  /** Reads the rows of a hash. Spare slots repeat a model. */
  private async readByHash(idHash: string, models: readonly string[]): Promise<OidcPayloadRow[]> {
    const [first = '', second = first, third = first, ...others] = models;
    const now = this.clock.now();
    const rows = await this.#findByHash.execute({ idHash, first, second, third, now });
    return others.length === 0 ? rows : [...rows, ...(await this.readByHash(idHash, others))];
  }

  private async find(model: string, condition: SQL): Promise<OidcPayloadRow | undefined> {
    const isAsked = and(eq(oidcPayloads.model, model), condition);
    const [row] = await findLiving(this.database.db, isAsked, this.clock.now());
    return row;
  }

  private is(model: string, idHash: string): SQL | undefined {
    return and(eq(oidcPayloads.model, model), eq(oidcPayloads.idHash, idHash));
  }
}
