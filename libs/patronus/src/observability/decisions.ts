import { randomUUID } from 'node:crypto';
import { type ExecutionContext, Logger } from '@nestjs/common';
import { DecisionLog } from '../authorization/decision-log.js';
import { Explainer } from '../authorization/explanation/explainer.js';
import type { Explanation } from '../authorization/explanation/explanation.js';
import { textInCode } from '../authorization/explanation/rule-text.js';
import { type AccessRequirement, needsGrants } from '../authorization/rules/requirement.js';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import {
  type ChallengeDetails,
  DECISION_HEADER,
  writeDenialHeaders,
} from '../errors/http-denial.js';
import { PatronusError } from '../errors/patronus.error.js';
import { RepeatedWarnings } from '../errors/repeated-warnings.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from '../transport/guarded-request.js';
import { targetOfRequest } from '../transport/http.transport.js';
import type { RefusedCall } from '../transport/transport-host.js';
import { Transports } from '../transport/transports.js';
import type { Decision } from './auth-event.js';
import { AuthEvents } from './auth-events.js';
import { challengeScheme } from './challenge-scheme.js';
import type { ExplanationAudience } from './explanation-audience.js';

/** Work that no call started. */
const JOB: RefusedCall = { transport: 'job', route: 'Access.require', method: '', path: '' };

/** Codes of mistakes in the set-up of the application, which affect every call. */
const MISTAKES: ReadonlySet<PatronusErrorCode> = new Set([
  'transport_unsupported',
  'guard_missing',
]);

/** Answers, logs and reports the decisions of the guards. */
export class Decisions extends DecisionLog {
  private readonly logger = new Logger('Patronus');
  /**
   * Requests that were reported. Several guards may run for one route, and each request is reported
   * once.
   */
  private readonly told = new WeakSet<RequestScope>();
  private readonly warnings = new RepeatedWarnings();

  constructor(
    private readonly events: AuthEvents,
    private readonly transports: Transports,
    private readonly rules: RuleRegistry,
    private readonly explainer: Explainer,
    private readonly audience: ExplanationAudience,
    private readonly resourceMetadata?: string,
  ) {
    super();
  }

  /**
   * Records that a request is allowed. Costs nothing without listeners.
   *
   * @throws {PatronusError} `permission_denied` if a listener fails
   */
  allow(scope: RequestScope | undefined, context: ExecutionContext): void {
    if (scope === undefined || !this.events.hasListeners('allowed')) return;
    if (this.told.has(scope)) return;
    const decision = this.decisionOf(scope, this.callOf(context));
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
   * Records that a request is denied: writes the headers of the denial, one line for operators with
   * the code, the route, the reason and the caller, and the event. Refusals (403) and outages (503)
   * are logged as warnings, invalid or missing tokens as debug. A refusal with a remedy for
   * operators is logged as a warning once a minute.
   *
   * @returns the error to throw, in the form of the transport
   */
  deny(error: unknown, scope: RequestScope, context: ExecutionContext): unknown {
    if (!(error instanceof PatronusError)) return error;
    const decision = this.decisionOf(scope, this.callOf(context));
    const rule = () => this.rules.ruleOf(context.getClass(), context.getHandler());
    if (scope.response !== undefined) {
      const details = this.challengeDetails(scope, rule, () => this.transports.requestOf(context));
      writeDenialHeaders(scope.response, error, decision.decisionId, details);
    }
    const explanation = this.explain(error, scope, () => this.explainer.explain(rule(), scope));
    this.tell(error, decision, explanation);
    return this.transports.of(context).denial(error, decision.decisionId, context);
  }

  denyWork(error: PatronusError, asked: AccessRequirement, scope: RequestScope): PatronusError {
    const decision = this.decisionOf(scope, this.callIn(scope));
    const { response, owner, handler, context } = scope;
    const routeRule = () => owner && handler && this.rules.ruleOf(owner, handler);
    if (response !== undefined) {
      const request = () => (context ? this.transports.requestOf(context) : { raw: response.req });
      const details = this.challengeDetails(scope, routeRule, request);
      writeDenialHeaders(response, error, decision.decisionId, details);
    }
    const explain = () => this.explainer.explain(ruleOfWork(asked, routeRule()), scope, textInCode);
    this.tell(error, decision, this.explain(error, scope, explain));
    return error;
  }

  /**
   * Records a denial that concerns no handler, such as that of a connection: one line and the
   * event.
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

  /**
   * Records that a call without a scope is refused: its transport is not listed, or no `AuthGuard`
   * has checked it. That is a mistake in the set-up, which any caller can trigger again: it is
   * logged once a minute for each handler.
   *
   * @returns the error to throw, in the form of the transport
   */
  refuseUnseen(error: unknown, context: ExecutionContext): unknown {
    if (!(error instanceof PatronusError)) return error;
    const type = context.getType<string>();
    const transport = this.transports.has(type) ? this.transports.of(context) : undefined;
    const decisionId = this.refuse(error, undefined, {
      transport: type,
      route: routeOf(context.getClass(), context.getHandler()),
      ...(transport?.targetOf(context) ?? { method: '', path: '' }),
    });
    return transport?.denial(error, decisionId, context) ?? error;
  }

  private tell(error: PatronusError, decision: Decision, explanation?: Explanation): void {
    const { code, reason, remedy } = error;
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    const line = `${code} ${JSON.stringify({ ...decision, reason, remedy, cause, explanation })}`;
    if (MISTAKES.has(code)) this.warnings.warn(`${code} ${decision.route}`, line);
    else if (error.getStatus() >= 403) this.logger.warn(line);
    else if (remedy !== undefined) this.warnings.warn(`${code} ${remedy}`, line);
    else this.logger.debug(line);
    try {
      this.events.emit({ type: 'denied', at: Date.now(), ...decision, code, reason, explanation });
    } catch {
      // The listener's error was logged before. The request is denied in any case.
    }
  }

  /**
   * Explains a denial, if the caller is known, or is to see the explanation. An error here does not
   * change the denial.
   */
  private explain(
    error: PatronusError,
    scope: RequestScope,
    explainRule: () => Explanation,
  ): Explanation | undefined {
    if (error.getStatus() !== 403 && this.audience === 'operators') return undefined;
    try {
      const explanation = explainRule();
      if (this.audience === 'callers') {
        const { reason, remedy } = error;
        error.disclose({ decisionId: scope.decisionId, reason, remedy, explanation });
      }
      return explanation;
    } catch {
      return undefined;
    }
  }

  /** Returns the details of the challenge. An error here does not change the denial. */
  private challengeDetails(
    scope: RequestScope,
    ruleOf: () => RouteRule | undefined,
    requestOf: () => GuardedRequest,
  ): ChallengeDetails {
    const { resourceMetadata } = this;
    try {
      const rule = ruleOf();
      if (rule === undefined) return { resourceMetadata };
      const scheme = challengeScheme(rule, scope.identity ?? scope.presented, requestOf());
      return { scheme, resourceMetadata };
    } catch {
      return { resourceMetadata };
    }
  }

  private decisionOf(scope: RequestScope, call: RefusedCall): Decision {
    const request = scope.around ?? scope;
    request.decisionId ??= randomUUID();
    scope.decisionId = request.decisionId;
    const who = scope.identity ?? scope.presented;
    return {
      decisionId: scope.decisionId,
      ...call,
      user: who?.id,
      issuer: who?.issuer,
      tenant: scope.tenantId,
    };
  }

  private callOf(context: ExecutionContext): RefusedCall {
    const transport = this.transports.of(context);
    return {
      transport: transport.type,
      route: routeOf(context.getClass(), context.getHandler()),
      ...transport.targetOf(context),
    };
  }

  /** Returns the call that a scope was opened for, once the guards have allowed it. */
  private callIn({ context, owner, handler, response, around }: RequestScope): RefusedCall {
    if (context !== undefined) return this.callOf(context);
    const request = (response ?? around?.response)?.req;
    if (owner === undefined || handler === undefined || request === undefined) return JOB;
    return { transport: 'http', route: routeOf(owner, handler), ...targetOfRequest(request) };
  }
}

function routeOf(owner: Function, handler: Function): string {
  return `${owner.name}.${handler.name}`;
}

/** The rule of a requirement in code. A tenant is required if the route around it requires one. */
function ruleOfWork(asked: AccessRequirement, route: RouteRule | undefined): RouteRule {
  return {
    access: 'authenticated',
    tenantOptional: route === undefined || route.access === 'public' || route.tenantOptional,
    requirements: [asked],
    needsGrants: needsGrants(asked),
  };
}
