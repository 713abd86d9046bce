import { randomUUID } from 'node:crypto';
import { type ExecutionContext, Logger } from '@nestjs/common';
import { Explainer } from '../authorization/explanation/explainer.js';
import type { Explanation } from '../authorization/explanation/explanation.js';
import { RuleRegistry } from '../authorization/rule-registry.js';
import {
  type ChallengeScheme,
  DECISION_HEADER,
  writeDenialHeaders,
} from '../errors/http-denial.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { RefusedCall } from '../transport/transport-host.js';
import { Transports } from '../transport/transports.js';
import type { Decision } from './auth-event.js';
import { AuthEvents } from './auth-events.js';
import { challengeScheme } from './challenge-scheme.js';
import type { ExplanationAudience } from './explanation-audience.js';

/** Answers, logs and tells what the guards decide. */
export class Decisions {
  private readonly logger = new Logger('Patronus');
  /** Requests whose guards may stand on the route as well: each is told once. */
  private readonly told = new WeakSet<RequestScope>();

  constructor(
    private readonly events: AuthEvents,
    private readonly transports: Transports,
    private readonly rules: RuleRegistry,
    private readonly explainer: Explainer,
    private readonly audience: ExplanationAudience,
    private readonly resourceMetadata?: string,
  ) {}

  /**
   * A request gets through. Costs nothing where nobody listens.
   *
   * @throws {PatronusError} `permission_denied` where a listener fails
   */
  allow(scope: RequestScope | undefined, context: ExecutionContext): void {
    if (scope === undefined || !this.events.hasListeners('allowed')) return;
    if (this.told.has(scope)) return;
    const decision = this.decisionOf(scope, context);
    if (scope.response?.headersSent === false) {
      scope.response.setHeader(DECISION_HEADER, decision.decisionId);
    }
    try {
      this.events.emit({ type: 'allowed', at: Date.now(), ...decision });
      this.told.add(scope);
    } catch (cause) {
      throw new PatronusError('permission_denied', {
        reason: 'the decision was not recorded',
        cause,
      });
    }
  }

  /**
   * A request does not: writes the headers of the denial, one line for operators with the code, the
   * route, the reason and who was denied, and the event. Refusals (403) and outages (503) are
   * warnings, bad or missing tokens are debug.
   *
   * @returns what to throw: the same in the words of the transport
   */
  deny(error: unknown, scope: RequestScope, context: ExecutionContext): unknown {
    if (!(error instanceof PatronusError)) return error;
    const decision = this.decisionOf(scope, context);
    if (scope.response !== undefined) {
      writeDenialHeaders(scope.response, error, decision.decisionId, {
        scheme: this.schemeOf(scope, context),
        resourceMetadata: this.resourceMetadata,
      });
    }
    this.tell(error, decision, this.explain(error, scope, context));
    return this.transports.of(context).denial(error, decision.decisionId, context);
  }

  /**
   * The same for what reaches no handler, such as a connection: one line and the event.
   *
   * @returns the id of the decision
   */
  refuse(error: PatronusError, scope: RequestScope | undefined, call: RefusedCall): string {
    const who = scope?.identity ?? scope?.presented;
    const decisionId = randomUUID();
    const decision = { decisionId, ...call, user: who?.id, issuer: who?.issuer };
    this.tell(error, { ...decision, tenant: scope?.tenantId }, undefined);
    return decisionId;
  }

  private tell(error: PatronusError, decision: Decision, explanation?: Explanation): void {
    const { code, reason } = error;
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    const line = `${code} ${JSON.stringify({ ...decision, reason, cause, explanation })}`;
    if (error.getStatus() < 403) this.logger.debug(line);
    else this.logger.warn(line);
    try {
      this.events.emit({ type: 'denied', at: Date.now(), ...decision, code, reason, explanation });
    } catch {
      // Logged where it happened; the request is denied already.
    }
  }

  /** Worth its cost where the caller is known, or is to see it. The denial stands without it. */
  private explain(
    error: PatronusError,
    scope: RequestScope,
    context: ExecutionContext,
  ): Explanation | undefined {
    if (error.getStatus() !== 403 && this.audience === 'operators') return undefined;
    try {
      const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
      const explanation = this.explainer.explain(rule, scope);
      if (this.audience === 'callers') {
        error.disclose({ decisionId: scope.decisionId, reason: error.reason, explanation });
      }
      return explanation;
    } catch {
      return undefined;
    }
  }

  /** The denial stands whatever goes wrong here. */
  private schemeOf(scope: RequestScope, context: ExecutionContext): ChallengeScheme {
    try {
      const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
      const request = this.transports.requestOf(context);
      return challengeScheme(rule, scope.identity ?? scope.presented, request);
    } catch {
      return 'Bearer';
    }
  }

  private decisionOf(scope: RequestScope, context: ExecutionContext): Decision {
    const request = scope.around ?? scope;
    request.decisionId ??= randomUUID();
    scope.decisionId = request.decisionId;
    const transport = this.transports.of(context);
    const who = scope.identity ?? scope.presented;
    return {
      decisionId: scope.decisionId,
      transport: transport.type,
      route: `${context.getClass().name}.${context.getHandler().name}`,
      ...transport.targetOf(context),
      user: who?.id,
      issuer: who?.issuer,
      tenant: scope.tenantId,
    };
  }
}
