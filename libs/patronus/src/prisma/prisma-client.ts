import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Members of a client of Prisma that are used here. */
export interface PrismaClientLike {
  readonly $extends: unknown;
  readonly $transaction: unknown;
  readonly $executeRawUnsafe: unknown;
}

/** Operation, as Prisma passes it to an extension. */
export interface PrismaOperation {
  readonly args: unknown;
  readonly query: (args: unknown) => unknown;
}

type Method = (...args: unknown[]) => unknown;

/**
 * Returns a method of a generated client, whose type is not known here.
 *
 * @throws {PatronusConfigurationError} if there is none
 */
export function methodOf(client: object, name: string): Method {
  const method: unknown = Reflect.get(client, name);
  if (typeof method === 'function')
    return (...args): unknown => Reflect.apply(method, client, args);
  throw new PatronusConfigurationError(
    'tenantPrisma',
    `was given a client without ${name}.`,
    'Give new PrismaClient({ … }).',
  );
}
