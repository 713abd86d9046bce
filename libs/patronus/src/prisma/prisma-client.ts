import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** A client of Prisma, as far as it is used. */
export interface PrismaClientLike {
  readonly $extends: unknown;
  readonly $transaction: unknown;
  readonly $executeRawUnsafe: unknown;
}

/** One operation, as Prisma hands it to an extension. */
export interface PrismaOperation {
  readonly args: unknown;
  readonly query: (args: unknown) => unknown;
}

type Method = (...args: unknown[]) => unknown;

/**
 * A method of a client that is generated, so that its type is not known here.
 *
 * @throws {PatronusConfigurationError} where there is none
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
