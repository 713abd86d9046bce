import type { HandlerType } from '../transport/handler-explorer.js';
import type { HandlerCoverage } from './handler-coverage.js';

/** Problem of some handlers, with its remedies. */
export interface Problem {
  /** A sentence that names the handlers. */
  readonly problem: string;
  /** A sentence without their names. */
  readonly summary: string;
  readonly handlers: readonly HandlerCoverage[];
  /** Remedies, one sentence each. */
  readonly remedies: readonly string[];
}

type Table = readonly HandlerCoverage[];

/** Maximum number of handlers that a line of the log names. */
const NAMED = 20;

/** Entry points with the transport for each kind of handlers. */
const ENTRIES: Readonly<Record<HandlerType, string>> = {
  http: '',
  ws: 'webSockets() of @patronus/nestjs/websockets',
  rpc: 'microservices() of @patronus/nestjs/microservices',
  graphql: 'graphql() of @patronus/nestjs/graphql',
};

const WRITE_RULE =
  'Write @RequirePermissions(…), @Public(), or @RequireAuthentication() for every known caller.';
const WRITE_GUARDS =
  "Write @UseGuards(AuthGuard, PermissionsGuard), in this order, on the handler or on its class, or leave out guards: 'manual'.";
const GUARD_FIELDS =
  "Add fieldResolverEnhancers: ['guards', 'interceptors'] to GraphQLModule.forRoot().";
const HYBRID =
  'A microservice of a hybrid application has global guards only with { inheritAppConfig: true }.';
const INHERIT = 'Pass { inheritAppConfig: true } as the second argument of connectMicroservice().';

/** Formats the calls of a handler and its rule. */
export function lineOf(handler: HandlerCoverage): string {
  const { access, requires } = handler;
  return `${nameOf(handler)} ${requires.length > 0 ? requires.join(' ') : `@${access}`}`;
}

/** Counts the handlers, and those that are open. */
export function summaryOf(table: Table): string {
  const open = table.filter(({ access }) => access === 'public').length;
  const known = table.filter(isOpenToKnown).length;
  const every = table.filter(isOpenToAll).length;
  const rest = every === 0 ? '' : `, ${every} without a rule or a guard (open to every caller)`;
  return `${count(table)}: ${open} public, ${known} without a rule (open to every known caller)${rest}`;
}

/** Formats a problem and its remedies as one line. */
export function sentenceOf({ problem: text, remedies }: Problem): string {
  return [text, ...remedies].join(' ');
}

/** Formats many problems: each remedy once, followed by a line for each handler. */
export function listOf(problems: readonly Problem[]): string {
  const said = new Set<string>();
  return problems
    .map(({ summary, remedies, handlers }) => {
      const fresh = remedies.filter((one) => !said.has(one));
      for (const one of fresh) said.add(one);
      return [[summary, ...fresh].join(' '), ...handlers.map((one) => `  ${nameOf(one)}`)].join('\n');
    })
    .join('\n');
}

/**
 * Finds handlers that may be open by mistake. Long lists are left out, because they are not read.
 */
export function unruledHandlers(table: Table): readonly Problem[] {
  const [known, every] = [table.filter(isOpenToKnown), table.filter(isOpenToAll)];
  return [
    ...(known.length < NAMED ? withoutRule(known) : []),
    ...(every.length < NAMED ? withoutRuleAndGuard(every) : []),
  ];
}

/** Finds handlers whose rule is not enforced, and handlers that refuse every call by mistake. */
export function misguidedHandlers(table: Table): readonly Problem[] {
  return [...unguardedHandlers(table, NAMED), ...unlistedHandlers(table)];
}

/** Finds all problems for which `coverage: 'enforce'` refuses the start. */
export function uncoveredHandlers(table: Table): readonly Problem[] {
  const unruled = table.filter(({ isRuled }) => !isRuled);
  const kinds = [...new Set(table.map(lackedBy))];
  return [
    ...kinds.flatMap((lack) => unguardedHandlers(table.filter((one) => lackedBy(one) === lack))),
    ...withoutRule(unruled.filter((one) => !isOpenToAll(one))),
    ...withoutRuleAndGuard(unruled.filter(isOpenToAll)),
  ];
}

/**
 * Finds handlers with a rule that no guard enforces, and those that a microservice closes because
 * it does not have the guards of the application.
 */
export function unguardedHandlers(table: Table, limit = table.length): readonly Problem[] {
  const lacking = table.filter(({ missingGuards }) => missingGuards.length > 0);
  const [fields, others] = [lacking.filter(isField), lacking.filter((one) => !isField(one))];
  const apart = table.filter(({ refusal }) => refusal === 'inheritance');
  const isHybrid = others.some(({ transport }) => transport === 'rpc');
  return [
    ...problem(
      `${have(others)} a rule that no guard enforces: ${names(others, limit, lackOf)}.`,
      isHybrid ? [WRITE_GUARDS, HYBRID] : [WRITE_GUARDS],
      others,
      `${have(others)} a rule, and ${lacks(others)}.`,
    ),
    ...problem(
      `${have(fields)} a rule, and Nest runs no guards for fields: ${names(fields, limit)}.`,
      [GUARD_FIELDS],
      fields,
      `${have(fields)} a rule, and Nest runs no guards for fields.`,
    ),
    ...problem(
      `${names(apart, limit)} ${apart.length === 1 ? 'is' : 'are'} bound without the guards of the application, and every call is refused.`,
      [INHERIT],
      apart,
      `${count(apart)} ${apart.length === 1 ? 'is' : 'are'} bound without the guards of the application, and every call is refused.`,
    ),
  ];
}

/** Finds handlers that refuse every call, because the application does not list their transport. */
function unlistedHandlers(table: Table): readonly Problem[] {
  const unlisted = table.filter(({ refusal }) => refusal === 'transport');
  const types = [...new Set(unlisted.map(({ transport }) => transport))];
  return types.flatMap((type) => {
    const handlers = unlisted.filter(({ transport }) => transport === type);
    return problem(
      `${names(handlers, NAMED)} will refuse every call: the option "transports" lists none for ${type}.`,
      [`Add ${ENTRIES[type]} to it.`],
      handlers,
    );
  });
}

function withoutRule(handlers: Table): readonly Problem[] {
  return problem(
    `No rule says who may call ${names(handlers)}.`,
    [WRITE_RULE],
    handlers,
    `No rule says who may call ${count(handlers)}.`,
  );
}

function withoutRuleAndGuard(handlers: Table): readonly Problem[] {
  return problem(
    `Without a rule and without a guard, every caller may call ${names(handlers)}.`,
    [WRITE_RULE, WRITE_GUARDS],
    handlers,
    `Without a rule and without a guard, every caller may call ${count(handlers)}.`,
  );
}

function problem(
  text: string,
  remedies: readonly string[],
  handlers: Table,
  summary = text,
): readonly Problem[] {
  return handlers.length === 0 ? [] : [{ problem: text, summary, remedies, handlers }];
}

function count({ length }: Table): string {
  return length === 1 ? '1 handler' : `${length} handlers`;
}

function have(handlers: Table): string {
  return `${count(handlers)} ${handlers.length === 1 ? 'has' : 'have'}`;
}

/** What handlers that are alike lack. */
function lacks(handlers: Table): string {
  const [first] = handlers;
  return `${handlers.length === 1 ? 'lacks' : 'lack'} ${first === undefined ? '' : lackedBy(first)}`;
}

function names(handlers: Table, limit = handlers.length, name = nameOf): string {
  const shown = handlers.slice(0, limit).map(name);
  const more = handlers.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join('; ');
}

function nameOf({ calls, handler }: HandlerCoverage): string {
  return `${calls.join(', ')} (${handler})`;
}

function lackOf(handler: HandlerCoverage): string {
  return `${nameOf(handler)} lacks ${lackedBy(handler)}`;
}

/** Lists the guards that a rule needs and does not have, in words. */
export function lackedBy({ missingGuards, refusal }: HandlerCoverage): string {
  if (refusal === 'order') return 'an AuthGuard before its PermissionsGuard';
  return missingGuards.join(' and ');
}

function isField({ enforces }: HandlerCoverage): boolean {
  return enforces === 'parent';
}

function isOpenToKnown({ isRuled, enforces }: HandlerCoverage): boolean {
  return !isRuled && enforces === 'rule';
}

function isOpenToAll({ isRuled, enforces }: HandlerCoverage): boolean {
  return !isRuled && enforces === 'nothing';
}
