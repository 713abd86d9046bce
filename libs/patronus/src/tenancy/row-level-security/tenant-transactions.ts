import { AsyncLocalStorage } from 'node:async_hooks';
import { PatronusError } from '../../errors/patronus.error.js';
import { holding } from '../held-pools.js';
import type { TenantContext } from '../tenant-context.js';
import { tenantSettings, type Setting } from './tenant-settings.js';
import type { TenantSchemaOptions } from './transaction.options.js';

/** Opens a transaction, applies the settings in it, runs `work`, and commits or rolls back. */
export type Begin<Client> = <Result>(
  settings: readonly Setting[],
  work: (client: Client) => Promise<Result>,
) => Promise<Result>;

interface OpenTransaction<Client> {
  readonly client: Client;
  readonly settings: string;
  isOpen: boolean;
  failed: boolean;
  failure: unknown;
}

/** Open transactions of each database, shared by several handles of one. */
const storages = new WeakMap<object, unknown>();

/**
 * Runs the transactions of one database, each bound to the tenant that is current when it is
 * requested. A transaction inside a transaction is the same one: two would wait for each other on
 * an exhausted pool, or on a database with one connection.
 */
export class TenantTransactions<Client> {
  readonly #open: AsyncLocalStorage<OpenTransaction<Client>>;

  /** @param database - the database of the handle: a pool, or that of an ORM */
  constructor(
    database: object,
    private readonly tenant: TenantContext,
    private readonly options: TenantSchemaOptions,
  ) {
    this.#open = storageOf<Client>(database);
  }

  /**
   * Runs `work` in a transaction.
   *
   * @throws {PatronusError} `tenant_required` and `tenant_unknown` before a connection is taken,
   * `tenant_mismatch`
   */
  async run<Result>(
    begin: Begin<Client>,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const settings = tenantSettings(this.tenant, this.options);
    const outer = this.#open.getStore();
    if (outer?.isOpen === true) return join(outer, JSON.stringify(settings), work);
    return holding(() => {
      // The caller's callback may run in the context of another request.
      const here = AsyncLocalStorage.snapshot();
      return begin(settings, (client) => here(() => this.#inside(client, settings, work)));
    });
  }

  /**
   * Runs `work` in a transaction that the caller began, and ends.
   *
   * @param enter - applies the settings in it, or throws
   * @throws {PatronusError} `tenant_required`, `tenant_mismatch`
   */
  async runIn<Result>(
    client: Client,
    enter: (settings: readonly Setting[]) => Promise<void>,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const settings = tenantSettings(this.tenant, this.options);
    const outer = this.#open.getStore();
    if (outer?.isOpen === true && outer.client === client) {
      return join(outer, JSON.stringify(settings), work);
    }
    await enter(settings);
    return this.#inside(client, settings, work);
  }

  async #inside<Result>(
    client: Client,
    settings: readonly Setting[],
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const transaction: OpenTransaction<Client> = {
      client,
      settings: JSON.stringify(settings),
      isOpen: true,
      failed: false,
      failure: undefined,
    };
    try {
      const result = await this.#open.run(transaction, () => work(client));
      if (transaction.failed) throw transaction.failure;
      return result;
    } finally {
      transaction.isOpen = false;
    }
  }
}

function storageOf<Client>(database: object): AsyncLocalStorage<OpenTransaction<Client>> {
  const known = storages.get(database);
  if (isStorage<Client>(known)) return known;
  const made = new AsyncLocalStorage<OpenTransaction<Client>>();
  storages.set(database, made);
  return made;
}

/** Asserts the type. A database has one kind of client. */
function isStorage<Client>(known: unknown): known is AsyncLocalStorage<OpenTransaction<Client>> {
  return known instanceof AsyncLocalStorage;
}

async function join<Client, Result>(
  outer: OpenTransaction<Client>,
  settings: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (outer.settings !== settings) {
    const reason =
      'a transaction of another tenant, user or role is open here: end it before you begin one for this';
    throw new PatronusError('tenant_mismatch', { reason, cause: new Error(reason) });
  }
  try {
    return await work(outer.client);
  } catch (error) {
    if (!outer.failed) outer.failure = error;
    outer.failed = true;
    throw error;
  }
}
