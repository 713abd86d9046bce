import type { OpenAPIObject } from '@nestjs/swagger';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import type { SecuredApplication } from './secured-application.js';

/** One way to authenticate: the schemes that it takes, each with its scopes. */
export type SecurityRequirement = NonNullable<OpenAPIObject['security']>[number];

type Definitions = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;
type Definition = Exclude<Definitions[string], { $ref: string }>;

/** Scheme of one issuer. */
interface OpenIdConnect {
  readonly issuer: string;
  readonly definition: Definition;
}

const BEARER: Definition = { type: 'http', scheme: 'bearer' };
const DPOP: Definition = {
  type: 'http',
  scheme: 'DPoP',
  description:
    'A token that is bound to a key, with a proof of that key in the header `DPoP` (RFC 9449).',
};
const API_KEY: Definition = { type: 'apiKey', in: 'header', name: 'x-api-key' };

/**
 * Security schemes of an application, under the names that `DocumentBuilder` gives them.
 * Definitions of `bearer`, `cookie` or `api_key` that the application writes itself stay.
 */
export class SecuritySchemes {
  /** Schemes by name, in the order in which they are offered. */
  readonly #offered = new Map<string, Definition>();
  /** Scheme for the routes that take a token from the query. */
  readonly #query: Definition | undefined;
  readonly #openIdConnect = new Map<string, OpenIdConnect>();

  constructor(application: SecuredApplication) {
    const { takesTokens, takesKeys, cookie, header, query, issuers, dpop } = application;
    if (takesTokens && dpop !== 'always') this.#offered.set('bearer', BEARER);
    if (takesTokens && dpop !== undefined) this.#offered.set('dpop', DPOP);
    if (cookie !== undefined && dpop !== 'always') {
      this.#offered.set('cookie', { type: 'apiKey', in: 'cookie', name: cookie });
    }
    if (takesKeys) this.#offered.set('api_key', API_KEY);
    if (header !== undefined && dpop !== 'always') {
      this.#offered.set('header', { type: 'apiKey', in: 'header', name: header });
    }
    if (query !== undefined && dpop !== 'always') {
      this.#query = { type: 'apiKey', in: 'query', name: query };
    }
    if (!takesTokens || dpop === 'always') return;
    for (const [index, issuer] of issuers.entries()) {
      const name = index === 0 ? 'openIdConnect' : `openIdConnect${index + 1}`;
      const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const definition = { type: 'openIdConnect', openIdConnectUrl } as const;
      this.#openIdConnect.set(name, { issuer, definition });
    }
  }

  /** Returns the ways to authenticate for a route, of which any one suffices. */
  requirementsOf({ access, requirements, queryToken }: RouteRule): SecurityRequirement[] {
    if (access === 'public') return [];
    // Only a token of the scheme DPoP can come with a proof.
    if (requirements.some(({ kind }) => kind === 'proof')) return [{ dpop: [] }];
    const accepted = requirements.flatMap((one) => (one.kind === 'issuers' ? one.issuers : []));
    const scopes = requirements.flatMap((one) => (one.kind === 'scopes' ? one.scopes : []));
    const ways = [
      ...[...this.#offered.keys()].map((name) => ({ [name]: [] })),
      ...(queryToken === true && this.#query !== undefined ? [{ query: [] }] : []),
      ...[...this.#openIdConnect]
        .filter(([, { issuer }]) => accepted.length === 0 || accepted.includes(issuer))
        .map(([name]) => ({ [name]: [...new Set(scopes)] })),
    ];
    return access === 'optional' ? [{}, ...ways] : ways;
  }

  /** Returns the definitions of the schemes that these requirements name. */
  definitionsFor(requirements: readonly SecurityRequirement[]): Definitions {
    const names = new Set(requirements.flatMap((one) => Object.keys(one)));
    const issuers = [...this.#openIdConnect].map(
      ([name, { definition }]) => [name, definition] as const,
    );
    const all = new Map<string, Definition>([...this.#offered, ...issuers, ['dpop', DPOP]]);
    if (this.#query !== undefined) all.set('query', this.#query);
    return Object.fromEntries([...all].filter(([name]) => names.has(name)));
  }
}
