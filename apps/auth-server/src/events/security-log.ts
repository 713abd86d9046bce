import { Logger } from '@nestjs/common';
import type { RequestFacts } from '../operation/http/request-facts.js';
import { addressKey } from '../operation/limits/rate-limits.service.js';
import type { ServerSettings } from '../operation/settings/server-settings.js';
import type { EventType, Party, PlatformEvent } from './catalogue.js';

type Level = 'warn' | 'log' | 'debug';

/** The events that operators look at first, and those that only follow another one. All others are `log`. */
const LEVELS: Partial<Readonly<Record<EventType, Level>>> = {
  'sign_in.failed': 'warn',
  'sign_in.locked': 'warn',
  'sign_in.reported': 'warn',
  'session.refreshed_reuse': 'warn',
  'assignment.added': 'warn',
  'assignment.removed': 'warn',
  'recovery.approved': 'warn',
  'emergency.approved': 'warn',
  'emergency.used': 'warn',
  'audit.dropped': 'warn',
  'session.started': 'debug',
  'device.known': 'debug',
};

/** Members of `details` that are codes of the platform. Other details may be personal. */
const CODES = ['because', 'reason', 'methods'] as const;

/** The lines about events in the log. They name ids, and never what a caller has typed. */
export class SecurityLog {
  readonly #logger = new Logger('Security');

  constructor(private readonly settings: Pick<ServerSettings, 'loggedNetwork'>) {}

  write(event: PlatformEvent, actor: Party | undefined, request: RequestFacts | undefined): void {
    const { type, outcome = 'success', subject, organisation, ids, decisionId } = event;
    const { details = {} } = event;
    const codes = CODES.flatMap((name) => (name in details ? [[name, details[name]]] : []));
    this.#logger[LEVELS[type] ?? 'log'](
      {
        event: type,
        outcome,
        ...(subject && { [subject.kind]: subject.id }),
        actor: actor === undefined ? 'stranger' : `${actor.kind}:${actor.id}`,
        ...(organisation !== undefined && { organisation }),
        ...(request && { network: this.#networkOf(request) }),
        ...Object.fromEntries(codes),
        ...(ids && { ids }),
        ...(decisionId !== undefined && { decision: decisionId }),
      },
      type,
    );
  }

  #networkOf({ device: { address } }: RequestFacts): string {
    return this.settings.loggedNetwork === 'address' ? address : networkOf(address);
  }
}

/** Returns the /24 of an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const key = addressKey(address);
  const [, network] = /^(\d+\.\d+\.\d+)\.\d+$/.exec(key) ?? [];
  return network === undefined ? key : `${network}.0/24`;
}
