import type { IncomingHttpHeaders } from 'node:http';
import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import type { TenancyOptions } from './tenancy.options.js';

const TENANT_ID = /^[!-~]{1,255}$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Which tenant a request is for: from the credential alone, cross-checked with the header. */
export class TenantPolicy {
  /** Whether the application has tenants at all. */
  readonly enabled: boolean;
  readonly #claim: string | undefined;
  readonly #header: string | undefined;

  constructor(options: TenancyOptions | undefined) {
    checkMembers('tenancy', options ?? {}, ['claim', 'header']);
    this.enabled = options !== undefined;
    this.#claim = claimName(options?.claim);
    this.#header = headerName(options?.header);
  }

  /**
   * The tenant of `identity`, or undefined where it has none.
   *
   * @throws {PatronusError} `tenant_mismatch` where the header asks for another one.
   */
  resolve(identity: Identity, headers: IncomingHttpHeaders): string | undefined {
    const tenantId = this.tenantOf(identity);
    const asked = this.#header === undefined ? undefined : headers[this.#header];
    if (asked === undefined || asked === tenantId) return tenantId;
    throw new PatronusError('tenant_mismatch', {
      reason: `the header ${this.#header} asks for ${String(asked)}, the token is for ${tenantId ?? 'no tenant'}`,
    });
  }

  /** The tenant that the credential names, or undefined where it names none that is well-formed. */
  tenantOf(identity: Identity): string | undefined {
    const value = this.#valueOf(identity);
    const id = Number.isSafeInteger(value) ? String(value) : value;
    return typeof id === 'string' && TENANT_ID.test(id) ? id : undefined;
  }

  /** Why {@link tenantOf} gives none, for operators. */
  whyNone(identity: Identity): string {
    const place = this.#claim === undefined ? 'Identity.tenantId' : `the claim ${this.#claim}`;
    const problem =
      this.#valueOf(identity) === undefined ? 'is missing' : 'is not a well-formed tenant id';
    return `${place} ${problem}; @TenantOptional() opens a route to callers without a tenant`;
  }

  #valueOf({ tenantId, claims }: Identity): unknown {
    if (this.#claim === undefined) return tenantId;
    return Object.hasOwn(claims, this.#claim) ? claims[this.#claim] : undefined;
  }
}

function claimName(claim: string | undefined): string | undefined {
  if (claim === undefined || (typeof claim === 'string' && claim !== '')) return claim;
  throw new PatronusConfigurationError(
    'tenancy.claim',
    'is not the name of a claim.',
    "Name the claim that holds the tenant, such as 'empresa_id', or leave it out.",
  );
}

function headerName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && HEADER_NAME.test(header)) return header.toLowerCase();
  throw new PatronusConfigurationError(
    'tenancy.header',
    'is not the name of an HTTP header.',
    "Name one, such as 'x-empresa-id', or leave it out.",
  );
}
