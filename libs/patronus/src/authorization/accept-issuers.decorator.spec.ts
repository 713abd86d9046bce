import { describe, expect, it } from '@jest/globals';
import { AcceptIssuers } from './accept-issuers.decorator.js';
import { OptionalAuth, Public, RequireRoles } from './decorators.js';
import { RuleRegistry } from './rules/rule-registry.js';

const registry: RuleRegistry = Reflect.construct(RuleRegistry, []);

function rule(controller: Function, name: string): string {
  const handler: unknown = Reflect.get(controller.prototype, name);
  if (typeof handler !== 'function') throw new Error(`there is no ${name}`);
  const { access, requirements } = registry.ruleOf(controller, handler);
  const words = requirements.map((one) =>
    one.kind === 'issuers' ? `issuers ${one.issuers.join(',')}` : one.kind,
  );
  return [access, ...words].join('; ');
}

describe('the issuers that a route accepts', () => {
  @AcceptIssuers('https://a', 'https://b')
  class Staff {
    bare() {}
    @AcceptIssuers('https://c') other() {}
    @Public() open() {}
    @OptionalAuth() maybe() {}
    @RequireRoles('doctor') more() {}
  }

  @AcceptIssuers('https://d')
  class Nearer extends Staff {}

  class Below extends Staff {}

  it.each([
    [Staff, 'bare', 'authenticated; issuers https://a,https://b'],
    [Staff, 'other', 'authenticated; issuers https://c'],
    [Staff, 'open', 'public'],
    [Staff, 'maybe', 'authenticated; issuers https://a,https://b'],
    [Staff, 'more', 'authenticated; issuers https://a,https://b; roles'],
    [Nearer, 'bare', 'authenticated; issuers https://d'],
    [Nearer, 'other', 'authenticated; issuers https://c'],
    [Below, 'bare', 'authenticated; issuers https://a,https://b'],
  ])('are those of the nearest decorator: %p.%s', (controller, name, expected) => {
    expect(rule(controller, name)).toBe(expected);
  });

  it('are named once on one target', () => {
    class Twice {
      @AcceptIssuers('https://a') @AcceptIssuers('https://b') list() {}
    }
    expect(() => rule(Twice, 'list')).toThrow(
      'Twice.list: @AcceptIssuers() is applied twice. Name all issuers in one',
    );
  });

  it.each<[readonly unknown[], string]>([
    [[], '@AcceptIssuers(): it names no issuer.'],
    [[''], "@AcceptIssuers(''): this is not one issuer."],
    [['https://a https://b'], 'this is not one issuer.'],
    [[['https://a']], 'this is not one issuer.'],
    [['https://a', undefined], 'this is not one issuer.'],
    [[`https://a'`], 'this is not one issuer.'],
  ])('are checked at once: %j', (issuers, message) => {
    expect(() => Reflect.apply(AcceptIssuers, undefined, issuers)).toThrow(message);
  });
});
