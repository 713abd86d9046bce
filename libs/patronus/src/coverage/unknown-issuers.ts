import { Logger, type OnModuleInit } from '@nestjs/common';
import type { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { nearestName } from '../errors/nearest-name.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { declaresAllIssuers } from '../identity/trusted-issuers.js';

/** Maximum number of issuers that are reported at start. */
const NAMED = 20;

/**
 * Finds issuers of `@AcceptIssuers()` that no identity provider declares: most of them are misspelt, and
 * their callers are refused. If a provider may have issuers that it does not declare, only those count that
 * differ from a declared one in upper case or in a slash at the end.
 */
export class UnknownIssuers implements OnModuleInit {
  private readonly logger = new Logger('Patronus');

  /** @param providerOf - the identity provider, which Nest may make after this */
  constructor(
    private readonly rules: Pick<RuleRegistry, 'all'>,
    private readonly providerOf: () => unknown,
  ) {}

  onModuleInit(): void {
    for (const sentence of this.sentences().slice(0, NAMED)) this.logger.warn(sentence);
  }

  /** Returns one sentence for each issuer, with the nearest declared one. */
  sentences(): readonly string[] {
    const provider = this.providerOf();
    if (!(provider instanceof IdentityProvider)) return [];
    return [...this.#accepted()].flatMap(([issuer, routes]) => {
      if (!isUnknown(issuer, provider)) return [];
      const { issuers } = provider;
      const nearest = nearestName(issuer, issuers);
      const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
      const declared = issuers.length === 0 ? 'none' : issuers.join(', ');
      const [first, ...others] = routes;
      const more = others.length === 0 ? '' : ` and of ${others.length} more`;
      return [
        `@AcceptIssuers() of ${first}${more} names "${issuer}", which no identity provider declares as its issuer.${hint} The declared issuers are: ${declared}. Write each issuer exactly as in iss.`,
      ];
    });
  }

  /** Returns the handlers that accept an issuer, by issuer. */
  #accepted(): ReadonlyMap<string, readonly string[]> {
    const accepted = new Map<string, string[]>();
    for (const { owner, name, rule } of this.rules.all()) {
      for (const requirement of rule.requirements) {
        if (requirement.kind !== 'issuers') continue;
        for (const issuer of new Set(requirement.issuers)) {
          const routes = accepted.get(issuer) ?? [];
          accepted.set(issuer, [...routes, `${owner.name}.${name}`]);
        }
      }
    }
    return accepted;
  }
}

function isUnknown(issuer: string, provider: IdentityProvider): boolean {
  const { issuers, schemes } = provider;
  if (issuers.includes(issuer)) return false;
  if (issuers.some((known) => plain(known) === plain(issuer))) return true;
  // An API key has an issuer that its provider does not declare, such as "api-key".
  if (schemes.includes('api-key') && !issuer.includes('://')) return false;
  return declaresAllIssuers(provider);
}

function plain(issuer: string): string {
  return issuer.toLowerCase().replace(/\/+$/, '');
}
