import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, desc, eq, inArray, lt, ne, notExists, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type ProvenAccount, selectUnchanged } from '../../accounts/accounts.statements.js';
import { accountParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../operation/crypto/opaque-tokens.js';
import { afterCommit } from '../../operation/database/commit-hooks.js';
import {
  type DatabaseSession,
  isUuid,
  PlatformDatabase,
  rowsOf,
} from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import type { RequestFacts } from '../../operation/http/request-facts.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { type SessionEnd, SessionsService } from '../sessions.service.js';
import { type DeviceChannel, DEVICE_TTL, DeviceSecrets } from './device-secrets.js';
import { deviceAccounts, devices } from './devices.table.js';

/** A device on which a sign-in is completed. */
export interface SignInDevice {
  readonly id: string;
  /** True if the account did not know the device. */
  readonly isNew: boolean;
}

/** A device, as the owner of an account sees it. */
export interface AccountDevice {
  readonly id: string;
  readonly name: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly rememberedUntil: Date | null;
}

const KNOWN = z.object({ device_id: z.string(), is_new: z.boolean() });

/** The devices that accounts know, because a sign-in was completed on them. */
@Injectable()
export class DevicesService implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly secrets: DeviceSecrets,
    private readonly sessions: SessionsService,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'device_accounts',
      table: deviceAccounts,
      key: deviceAccounts.deviceId,
      expired: (before) => lt(deviceAccounts.lastAt, before(DEVICE_TTL)),
    });
    const { db } = this.database;
    const ofDevice = db
      .select({ one: sql`1` })
      .from(deviceAccounts)
      .where(eq(deviceAccounts.deviceId, devices.id));
    this.retention.register({
      name: 'devices',
      table: devices,
      key: devices.id,
      expired: (before) =>
        or(
          lt(devices.lastSeenAt, before(DEVICE_TTL)),
          // A sign-in that runs at the same time has just changed the first column, and not yet the other table.
          and(lt(devices.lastSeenAt, before(CLOCK_MARGIN)), notExists(ofDevice)),
        ),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        await tx.delete(deviceAccounts).where(inArray(deviceAccounts.accountId, [...accountIds]));
      },
    });
  }

  /**
   * Finds the device of a request, and names it in the events of the request. Undefined if the request has no
   * secret, or one that the platform does not know.
   */
  async recognise(request: RequestFacts, channel: DeviceChannel): Promise<string | undefined> {
    const secret = this.secrets.presented(request, channel);
    if (secret === undefined) return undefined;
    const [device] = await this.database.db
      .select({ id: devices.id })
      .from(devices)
      .where(eq(devices.secretHash, hashOpaqueToken(secret)));
    request.deviceId = device?.id;
    return device?.id;
  }

  /** Finds the device of a request, if an account knows it. Undefined without an account. */
  async known(
    request: RequestFacts,
    channel: DeviceChannel,
    accountId: string | undefined,
  ): Promise<string | undefined> {
    const secret = this.secrets.presented(request, channel);
    if (secret === undefined) return undefined;
    const ofAccount = and(
      eq(deviceAccounts.deviceId, devices.id),
      eq(deviceAccounts.accountId, accountId ?? randomUUID()),
    );
    const [device] = await this.database.db
      .select({ id: devices.id })
      .from(devices)
      .innerJoin(deviceAccounts, ofAccount)
      .where(eq(devices.secretHash, hashOpaqueToken(secret)));
    if (device !== undefined) request.deviceId = device.id;
    return device?.id;
  }

  /**
   * Makes the device of a request known to an account, in the transaction that starts its session. A request
   * without a secret that the platform knows is a new device. The device gets its secret after the commit.
   *
   * Share-locks the account before the device, as `AccountsService.lockUnchanged` does. Each change of a
   * credential locks the account first, too.
   *
   * @throws {PlatformError} `invalid_credentials` if the account was closed or a credential changed
   */
  async know(
    tx: DatabaseSession,
    account: ProvenAccount,
    request: RequestFacts,
    channel: DeviceChannel,
  ): Promise<SignInDevice> {
    const presented = this.secrets.presented(request, channel);
    const made = { id: randomUUID(), secret: newOpaqueToken('pdv') };
    const hash = presented === undefined ? null : hashOpaqueToken(presented);
    const now = sql`${this.clock.now().toISOString()}::timestamptz`;
    const { device: name } = request.device;
    const result = await tx.execute(sql`
      with held as ${selectUnchanged(tx, account)},
      known as (
        update ${devices} d set last_seen_at = greatest(d.last_seen_at, ${now}), name = ${name}
        from held where d.secret_hash = ${hash}::text
        returning d.id
      ), made as (
        insert into ${devices} (id, secret_hash, name, created_at, last_seen_at)
        select ${made.id}::uuid, ${hashOpaqueToken(made.secret)}, ${name}, ${now}, ${now}
        from held where not exists (select from known)
        returning id
      ), device as (select id from known union all select id from made)
      insert into ${deviceAccounts} as pair (device_id, account_id, first_at, last_at)
      select device.id, held.id, ${now}, ${now} from device, held
      on conflict (device_id, account_id) do update set last_at = greatest(pair.last_at, excluded.last_at)
      -- Zero for a row that was inserted.
      returning device_id, (xmax = 0) as is_new`);
    const [row] = rowsOf(result);
    if (row === undefined) throw new PlatformError('invalid_credentials');
    const { device_id: id, is_new: isNew } = KNOWN.parse(row);
    const secret = id === made.id ? made.secret : presented;
    request.deviceId = id;
    if (secret !== undefined) afterCommit(tx, () => this.secrets.give(request, channel, secret));
    return { id, isNew };
  }

  /** Lists the devices that an account knows, the last used first. */
  list(accountId: string): Promise<readonly AccountDevice[]> {
    const { firstAt, lastAt, rememberedUntil } = deviceAccounts;
    return this.database.db
      .select({ id: devices.id, name: devices.name, firstAt, lastAt, rememberedUntil })
      .from(deviceAccounts)
      .innerJoin(devices, eq(devices.id, deviceAccounts.deviceId))
      .where(eq(deviceAccounts.accountId, accountId))
      .orderBy(desc(lastAt), desc(firstAt));
  }

  /**
   * Forgets a device for an account that knows it, and ends the sessions of the account on it.
   *
   * @throws {PlatformError} `not_found` if the account does not know the device
   * @throws {PatronusError} `provider_unavailable`, as {@link SessionsService.end}
   */
  async forget(accountId: string, deviceId: string): Promise<void> {
    const device = isUuid(deviceId) ? deviceId : undefined;
    if (device === undefined) throw new PlatformError('not_found');
    const because = 'ended_by_owner';
    const ended = await this.database.db.transaction(async (tx) => {
      const forgotten = await this.remove(
        tx,
        accountId,
        because,
        eq(deviceAccounts.deviceId, device),
      );
      if (forgotten.length === 0) throw new PlatformError('not_found');
      return this.sessions.endAll(accountId, because, { device, session: tx });
    });
    await this.sessions.announceEnded(ended);
  }

  /**
   * Forgets all devices of an account whose row is locked.
   *
   * @param except the id of the device that stays known
   */
  async forgetAll(
    tx: DatabaseSession,
    accountId: string,
    because: SessionEnd,
    except?: string | null,
  ): Promise<void> {
    const others = except ? ne(deviceAccounts.deviceId, except) : undefined;
    await this.remove(tx, accountId, because, others);
  }

  /** Forgets a device for an account, whose sessions on it live on. */
  async distrust(
    tx: DatabaseSession,
    accountId: string,
    deviceId: string,
    because: SessionEnd,
  ): Promise<void> {
    await this.remove(tx, accountId, because, eq(deviceAccounts.deviceId, deviceId));
  }

  /** Forgets the devices of an account that meet a condition. @returns their ids */
  private async remove(
    tx: DatabaseSession,
    accountId: string,
    because: SessionEnd,
    which: SQL | undefined,
  ): Promise<readonly string[]> {
    const forgotten = await tx
      .delete(deviceAccounts)
      .where(and(eq(deviceAccounts.accountId, accountId), which))
      .returning({ device: deviceAccounts.deviceId });
    const subject = accountParty(accountId);
    const events = forgotten.map(({ device }) => {
      const by = { actor: subject, subject };
      return { type: 'device.forgotten', ...by, ids: { device }, details: { because } } as const;
    });
    await this.events.record(tx, ...events);
    return forgotten.map(({ device }) => device);
  }
}
