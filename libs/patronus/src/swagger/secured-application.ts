import type { INestApplication } from '@nestjs/common';
import { IdentityProvider } from '../identity/identity-provider.js';
import { isSecureUrl } from '../identity/secure-url.js';
import { PATRONUS_OPTIONS } from '../patronus.module-definition.js';
import type { PatronusOptions } from '../patronus.options.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';

/** Credentials that an application accepts, and its requirements beyond decorators. */
export interface SecuredApplication {
  readonly takesTokens: boolean;
  readonly takesKeys: boolean;
  /** Name of the session cookie. */
  readonly cookie: string | undefined;
  /** Header of the application's own that holds a credential. */
  readonly header: string | undefined;
  /** Query parameter that some routes take the token from. */
  readonly query: string | undefined;
  /** Issuers that have a discovery document. */
  readonly issuers: readonly string[];
  /** `always`: no token is accepted without a proof. `offered`: a token may be bound to a key. */
  readonly dpop: 'always' | 'offered' | undefined;
  readonly asksForNonces: boolean;
  /** Undefined if the application has no tenants. */
  readonly tenancy: Tenancy | undefined;
}

interface Tenancy {
  readonly header: string | undefined;
  /** True if a request can ask for a tenant, and so for one other than the caller's. */
  readonly isAskedFor: boolean;
  readonly hasDirectory: boolean;
}

/**
 * Reads the settings of an application.
 *
 * @throws {Error} if the application does not import `PatronusModule`
 */
export function readApplication(app: INestApplication): SecuredApplication {
  const options = app.get<Partial<PatronusOptions>>(PATRONUS_OPTIONS, { strict: false });
  const { issuers, schemes } = app.get(IdentityProvider, { strict: false });
  return {
    takesTokens: schemes.includes('bearer'),
    takesKeys: schemes.includes('api-key'),
    cookie: options.credentials?.cookie?.name,
    header: options.credentials?.header,
    query: options.credentials?.query,
    issuers: issuers.filter(isSecureUrl),
    dpop: dpopOf(options.dpop, issuers),
    asksForNonces: options.dpop?.nonces !== undefined,
    tenancy: tenancyOf(options.tenancy, app),
  };
}

function dpopOf(
  options: PatronusOptions['dpop'],
  issuers: readonly string[],
): SecuredApplication['dpop'] {
  if (options === undefined) return undefined;
  const required = options.requiredFor ?? [];
  const isAlways = issuers.length > 0 && issuers.every((issuer) => required.includes(issuer));
  return isAlways ? 'always' : 'offered';
}

function tenancyOf(
  options: PatronusOptions['tenancy'],
  app: INestApplication,
): Tenancy | undefined {
  if (options === undefined) return undefined;
  const { header, host, path } = options;
  const directory: unknown = app.get(TenantDirectory, { strict: false });
  return {
    header,
    isAskedFor: [header, host, path].some((place) => place !== undefined),
    hasDirectory: directory instanceof TenantDirectory,
  };
}
