import { Injectable, Logger } from '@nestjs/common';
import { AuthEvents } from '@patronus/nestjs';

/** Logs a line of JSON for each security event. */
@Injectable()
export class SecurityLog {
  private readonly logger = new Logger('Security');

  constructor(events: AuthEvents) {
    events.on('denied', ({ type, code, user, tenant, route, decisionId }) =>
      this.write({ event: type, code, user, tenant, route, decisionId }),
    );
    events.on('tenant_crossing', ({ type, allowed, user, from, to, reason, decisionId }) =>
      this.write({ event: type, allowed, user, tenant: from, to, reason, decisionId }),
    );
    events.on('revoked', ({ type, revocation }) => this.write({ event: type, ...revocation }));
    events.on('provider_unavailable', ({ type, provider, issuer, reason }) =>
      this.write({ event: type, provider, issuer, reason }),
    );
    events.on('provider_recovered', ({ type, provider, issuer }) =>
      this.write({ event: type, provider, issuer }),
    );
    events.on('keys_rotated', ({ type, provider, issuer, added, removed }) =>
      this.write({ event: type, provider, issuer, added, removed }),
    );
  }

  private write(facts: Readonly<Record<string, unknown>>): void {
    this.logger.warn(JSON.stringify(facts));
  }
}
