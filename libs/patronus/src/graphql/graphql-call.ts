import type { ExecutionContext } from '@nestjs/common';
import type { CallTarget } from '../transport/call-target.js';
import { memberOf } from '../transport/member-of.js';

/** Arguments of a resolver. */
export interface GraphqlCall {
  readonly input: Readonly<Record<string, unknown>>;
  /**
   * Context that the application made for the operation. It holds the request, or the connection.
   */
  readonly context: object;
  readonly target: CallTarget;
}

/**
 * Reads `(root, args, context, info)`, or `(reference, context, info)` if a federated entity is
 * resolved.
 */
export function callOf(context: ExecutionContext): GraphqlCall {
  const args = context.getArgs<unknown[]>();
  const input = args.length === 4 ? args[1] : {};
  const own = args.at(-2);
  return {
    input: isRecord(input) ? input : {},
    context: isRecord(own) ? own : {},
    target: targetOf(args.at(-1)),
  };
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

function targetOf(info: unknown): CallTarget {
  const field = memberOf(info, 'fieldName');
  const name = typeof field === 'string' ? field : '';
  const operation = memberOf(memberOf(info, 'operation'), 'operation');
  const type = memberOf(memberOf(info, 'parentType'), 'name');
  const parent = typeof type === 'string' ? type : '';
  if (ROOTS.has(parent) && typeof operation === 'string') {
    return { method: operation.toUpperCase(), path: name };
  }
  return { method: 'FIELD', path: `${parent}.${name}` };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
