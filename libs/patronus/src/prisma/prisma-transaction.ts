import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { TenantContext } from '../tenancy/tenant-context.js';
import type { Setting } from '../tenancy/row-level-security/tenant-settings.js';
import type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
import { TenantTransactions } from '../tenancy/row-level-security/tenant-transactions.js';
import { methodOf } from './prisma-client.js';

type Work<Result> = (transaction: object) => Promise<Result>;

/** Creates the replacement of `$transaction`, which accepts a function only. */
export function prismaTransaction(
  client: object,
  tenant: TenantContext,
  settled: TenantTransactionOptions,
  makeSettings: (transaction: object, settings: readonly Setting[]) => unknown,
): (work: unknown, options?: unknown) => Promise<unknown> {
  const transactions = new TenantTransactions<object>(client, tenant, settled);
  return async (work, options) => {
    if (typeof work !== 'function') {
      throw new PatronusConfigurationError(
        'tenantPrisma.$transaction',
        'was given a list, whose operations would run outside of one transaction.',
        'Give a function: $transaction(async (tx) => { … }).',
      );
    }
    return transactions.run(
      async <Result>(settings: readonly Setting[], inside: Work<Result>): Promise<Result> => {
        const done: { readonly result: Result }[] = [];
        const body: Work<void> = async (transaction) => {
          await makeSettings(transaction, settings);
          done.push({ result: await inside(transaction) });
        };
        await methodOf(client, '$transaction')(body, options);
        const last = done.at(-1);
        if (last === undefined)
          throw new Error('Prisma committed a transaction that it did not begin.');
        return last.result;
      },
      async (transaction): Promise<unknown> => Reflect.apply(work, undefined, [transaction]),
    );
  };
}
