import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AcceptIssuers } from '../authorization/accept-issuers.decorator.js';
import { RequireRoles } from '../authorization/decorators.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { UnknownIssuers } from './unknown-issuers.js';

class Declaring extends IdentityProvider {
  override readonly name = 'declaring';
  constructor(override readonly issuers: readonly string[]) {
    super();
  }
  override authenticate(): never {
    throw new Error('is not asked');
  }
}

class Routes {
  @AcceptIssuers('https://a', 'https://c') one() {}
  @AcceptIssuers('https://b') two() {}
  @RequireRoles('doctor') three() {}
}

const registry: RuleRegistry = Reflect.construct(RuleRegistry, []);
const rules: Pick<RuleRegistry, 'all'> = {
  all: () =>
    [Routes.prototype.one, Routes.prototype.two, Routes.prototype.three].map((handler) => ({
      type: 'http',
      owner: Routes,
      handler,
      name: handler.name,
      rule: registry.ruleOf(Routes, handler),
    })),
};

const on = (provider: unknown) => new UnknownIssuers(rules, () => provider);

describe('issuers that no provider declares', () => {
  it('are none if all are declared, or if there is no provider', () => {
    expect(on(new Declaring(['https://a', 'https://b', 'https://c'])).sentences()).toEqual([]);
    expect(on(undefined).sentences()).toEqual([]);
  });

  it('are told with one route, and with all that are declared', () => {
    expect(on(new Declaring(['https://a', 'https://c', 'urn:x'])).sentences()).toEqual([
      '@AcceptIssuers() of Routes.two names "https://b", which no identity provider declares as its issuer. Did you mean "https://a"? The declared issuers are: https://a, https://c, urn:x. Write each issuer exactly as in iss.',
    ]);
  });

  it('are warned of as the rest of the module warns', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    on(new Declaring(['https://a', 'https://c'])).onModuleInit();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.contexts[0]).toHaveProperty('context', 'Patronus');
    warn.mockRestore();
  });
});
