import type { HandlerType } from '../../transport/handler-explorer.js';
import { CommandError } from '../command.error.js';
import { pathOf } from '../../transport/path-of.js';

/** Words for the handlers of transports other than HTTP. */
const KINDS: ReadonlyMap<string, HandlerType> = new Map([
  ['MESSAGE', 'ws'],
  ['RPC', 'rpc'],
  ['EVENT', 'rpc'],
  ['QUERY', 'graphql'],
  ['MUTATION', 'graphql'],
  ['SUBSCRIPTION', 'graphql'],
  ['FIELD', 'graphql'],
]);

/** Call to explain: `DELETE /patients/7?force=true`, `MESSAGE chat`, `QUERY patients`. */
export interface Call {
  readonly transport: HandlerType;
  readonly method: string;
  /** Path without the query string; for other transports the pattern, or the name of the field. */
  readonly path: string;
  /** Path with the query string. */
  readonly url: string;
}

/**
 * Parses the call that the command line names.
 *
 * @throws {CommandError}
 */
export function readCall(method: string, target: string): Call {
  const verb = method.toUpperCase();
  if (target.startsWith('/')) {
    const path = pathOf(target);
    return { transport: 'http', method: verb, path, url: target };
  }
  const transport = KINDS.get(verb);
  if (transport !== undefined) return { transport, method: verb, path: target, url: '' };
  throw new CommandError(
    `${method} ${target} is not a call.`,
    `Write GET /patients/7, or ${[...KINDS.keys()].join(', ')} and its name.`,
  );
}
