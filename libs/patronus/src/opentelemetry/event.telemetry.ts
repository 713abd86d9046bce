import { trace } from '@opentelemetry/api';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { Decision } from '../observability/auth-event.js';
import type { AuthEvents } from '../observability/auth-events.js';
import type { KeyFetch } from '../observability/key-fetches.js';
import type { Revocation } from '../revocation/revocation.js';
import type { Instruments } from './instruments.js';
import type { PatronusTelemetryOptions } from './patronus-telemetry.options.js';
import { quietly } from './quietly.js';

/** Kinds of revocation to count by, the narrowest first. */
const KINDS = ['token', 'session', 'user', 'tenant', 'issuer'] as const;

/** Counts the events of {@link AuthEvents}, and adds decisions to the span of their request. */
export class EventTelemetry {
  constructor(
    private readonly instruments: Instruments,
    private readonly spans: NonNullable<PatronusTelemetryOptions['spans']>,
  ) {}

  /**
   * Starts to listen.
   *
   * @returns a function that stops it
   */
  listenTo(events: AuthEvents): () => void {
    const ends = [
      events.on('allowed', (decision) => this.decided(decision, undefined)),
      events.on('denied', (denial) => this.decided(denial, denial.code)),
      events.on('revoked', ({ revocation }) => this.revoked(revocation)),
      events.on('provider_unavailable', ({ provider }) =>
        quietly(() => this.instruments.outages.add(1, { 'patronus.provider': provider })),
      ),
    ];
    return () => ends.forEach((end) => end());
  }

  fetched({ provider, error }: KeyFetch): void {
    const failure = error === undefined ? {} : { 'error.type': 'provider_unavailable' };
    quietly(() =>
      this.instruments.keyFetches.add(1, { 'patronus.provider': provider, ...failure }),
    );
  }

  private decided(decision: Decision, code: PatronusErrorCode | undefined): void {
    quietly(() => {
      this.instruments.authorizations.add(1, {
        'patronus.authorization.result': code === undefined ? 'success' : 'failure',
        'patronus.route': decision.route,
        'patronus.transport': decision.transport,
        ...(code !== undefined && { 'error.type': code }),
      });
      this.mark(decision, code ?? 'allowed');
    });
  }

  /**
   * Marks the request's own span. Its `error.type` belongs to its owner: a refusal is not an error
   * of the server.
   */
  private mark({ decisionId, user, tenant }: Decision, code: string): void {
    const span = trace.getActiveSpan();
    if (span?.isRecording() !== true) return;
    span.setAttribute('patronus.decision.id', decisionId);
    span.setAttribute('patronus.decision.code', code);
    if (user !== undefined && this.spans.includes('user')) span.setAttribute('enduser.id', user);
    if (tenant !== undefined && this.spans.includes('tenant')) {
      span.setAttribute('patronus.tenant.id', tenant);
    }
  }

  private revoked(revocation: Revocation): void {
    const kind = KINDS.find((name) => revocation[name] !== undefined) ?? 'everything';
    quietly(() => this.instruments.revocations.add(1, { 'patronus.revocation.kind': kind }));
  }
}
