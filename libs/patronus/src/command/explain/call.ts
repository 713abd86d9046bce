import type { HandlerType } from '../../transport/handler-explorer.js';
import { CommandError } from '../command.error.js';
import { pathOf } from '../../transport/path-of.js';

/** What the handlers of other transports than HTTP are called by. */
const KINDS: ReadonlyMap<string, HandlerType> = new Map([
  ['MESSAGE', 'ws'],
  ['RPC', 'rpc'],
  ['EVENT', 'rpc'],
  ['QUERY', 'graphql'],
  ['MUTATION', 'graphql'],
  ['SUBSCRIPTION', 'graphql'],
  ['FIELD', 'graphql'],
]);

/** What is called: `DELETE /patients/7?force=true`, `MESSAGE chat`, `QUERY patients`. */
export interface Call {
  readonly transport: HandlerType;
  readonly method: string;
  /** Without the query string; elsewhere the pattern, or the name of the field. */
  readonly path: string;
  /** With it. */
  readonly url: string;
}

/** @throws {CommandError} */
export function readCall(method: string, target: string): Call {
  const verb = method.toUpperCase();
  if (target.startsWith('/')) {
    const path = pathOf(target);
    return { transport: 'http', method: verb, path, url: target };
  }
  const transport = KINDS.get(verb);
  if (transport !== undefined) return { transport, method: verb, path: target, url: '' };
  throw new CommandError(
    `${method} ${target} is no call.`,
    `Write GET /patients/7, or ${[...KINDS.keys()].join(', ')} and its name.`,
  );
}
