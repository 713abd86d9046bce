import type { IncomingHttpHeaders } from 'node:http';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { TenancyOptions } from './tenancy.options.js';

/** Parts of a request that can name a tenant. */
export interface TenantRequest {
  readonly headers: IncomingHttpHeaders;
  /** Parameters of the route, as the adapter provides them. */
  readonly params?: unknown;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HOST = /^(?:[a-z0-9-]+\.)*\{tenant\}(?:\.[a-z0-9-]+)+$/;

/**
 * Tenant that a request asks for, by header, host and path. The credential decides if it is
 * granted.
 */
export class AskedTenant {
  /** Name of the header in lower case. */
  readonly header: string | undefined;
  readonly #host: RegExp | undefined;
  readonly #path: string | undefined;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError}
   */
  constructor({ header, host, path }: TenancyOptions) {
    this.header = headerName(header);
    this.#host = hostPattern(host);
    this.#path = parameterName(path);
  }

  /**
   * Returns the tenant that the request asks for.
   *
   * @returns undefined if it asks for none
   * @throws {PatronusError} `tenant_mismatch` if it asks for two
   */
  in({ headers, params }: TenantRequest): string | undefined {
    let asked = this.header === undefined ? undefined : textOf(headers[this.header]);
    if (this.#host !== undefined) asked = agree(asked, this.#inHost(headers));
    if (this.#path !== undefined) asked = agree(asked, parameter(params, this.#path));
    return asked;
  }

  /** Reads the host. HTTP/2 sends `:authority` in place of `Host` (RFC 9113, section 8.3.1). */
  #inHost({ ':authority': authority, host = '' }: IncomingHttpHeaders): string | undefined {
    const named = typeof authority === 'string' ? authority : host;
    return this.#host?.exec(named.toLowerCase())?.[1];
  }
}

/** Reads a header. An empty one names no tenant. */
function textOf(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text === '' ? undefined : text;
}

function agree(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  throw new PatronusError('tenant_mismatch', {
    reason: `the request asks for ${JSON.stringify(one)} and for ${JSON.stringify(other)}`,
  });
}

function parameter(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) {
    return undefined;
  }
  const value: unknown = Reflect.get(params, name);
  // Express provides the parts of a wildcard (`/*empresaId`) as a list.
  const text: unknown = Array.isArray(value) ? value.join('/') : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
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

function hostPattern(host: string | undefined): RegExp | undefined {
  if (host === undefined) return undefined;
  const pattern = typeof host === 'string' ? host.toLowerCase() : '';
  if (HOST.test(pattern)) {
    const escaped = pattern.replaceAll('.', String.raw`\.`);
    return new RegExp(`^${escaped.replace('{tenant}', '([a-z0-9-]{1,63})')}(?::\\d+)?$`);
  }
  throw new PatronusConfigurationError(
    'tenancy.host',
    'is not a host name with {tenant} as one label.',
    "Write it without a scheme and a port, such as '{tenant}.example.com'.",
  );
}

function parameterName(path: string | undefined): string | undefined {
  if (path === undefined || (typeof path === 'string' && /^\w+$/.test(path))) return path;
  throw new PatronusConfigurationError(
    'tenancy.path',
    'is not the name of a route parameter.',
    "Name it as after the colon of the path, such as 'empresaId'.",
  );
}
