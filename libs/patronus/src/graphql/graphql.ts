import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Transport } from '../transport/transport.js';
import { GraphqlTransport } from './graphql.transport.js';

/** Settings of the GraphQL transport. */
export interface GraphqlOptions {
  /**
   * Members of the `connection_init` payload that count as headers, besides `authorization` and
   * those that begin with `x-`: for a tenant header of another name.
   */
  readonly connectionParams?: readonly string[] | undefined;
  /**
   * Seconds between two checks of an open connection, which closes it if the token has expired or
   * was revoked, or if the caller is no longer a member. Default: 60.
   */
  readonly recheck?: number | undefined;
}

/**
 * Guards GraphQL: queries, mutations, fields and subscriptions, with Apollo and Mercurius. Rules on
 * the fields of a type need `fieldResolverEnhancers: ['guards', 'interceptors']`. Without it, an
 * application with such rules does not start.
 *
 * @throws {PatronusConfigurationError} if an option is wrong
 * @example
 * PatronusModule.forRoot({ identityProvider, transports: [graphql()] })
 */
export function graphql(options: GraphqlOptions = {}): Transport {
  checkMembers('graphql()', options, ['connectionParams', 'recheck']);
  const { connectionParams = [], recheck = 60 } = options;
  checkPositiveInteger('graphql().recheck', recheck);
  const names = connectionParams.map((name) => name.toLowerCase());
  const refused = names.find((name) => /^(?:origin|host|cookie|sec-.*)$/.test(name));
  if (refused !== undefined) {
    throw new PatronusConfigurationError(
      'graphql().connectionParams',
      `"${refused}" is a header that browsers set for the page that opened the socket.`,
      'Leave it out: a page that is not trusted could write it.',
    );
  }
  return new GraphqlTransport(new Set(names), recheck);
}
