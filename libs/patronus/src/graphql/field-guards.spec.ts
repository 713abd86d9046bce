import { describe, expect, it } from '@jest/globals';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { OptionalAuth, Public, RequirePermissions } from '../authorization/decorators.js';
import { requireFieldGuards } from './field-guards.js';

@Resolver('Note')
class RuledResolver {
  @ResolveField() @RequirePermissions('notes.read') text() {}
}

class HeirResolver extends RuledResolver {}

@RequirePermissions('notes.read')
@Resolver('Note')
class RuledClassResolver {
  @ResolveField() text() {}
}

@Resolver('Note')
class OptionalResolver {
  @ResolveField() @OptionalAuth() text() {}
}

@Resolver('Note')
class PlainResolver {
  @ResolveField() text() {}
}

@Resolver('Note')
class EntityResolver {
  @ResolveReference() note() {}
}

@Resolver('Note')
class PublicEntityResolver {
  @ResolveReference() @Public() note() {}
}

class NoResolver {
  @RequirePermissions('notes.read') text() {}
}

async function check(resolver: new () => object, options: unknown = {}): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [resolver, { provide: 'GqlModuleOptions', useValue: options }],
  }).compile();
  requireFieldGuards(module.get(DiscoveryService));
}

describe('requireFieldGuards', () => {
  it.each([
    ['of its own', RuledResolver, /RuledResolver\.text would/],
    ['that it inherits', HeirResolver, /HeirResolver\.text would/],
    ['of its class', RuledClassResolver, /RuledClassResolver\.text would/],
    ['that lets the caller be unknown', OptionalResolver, /OptionalResolver\.text would/],
    ['that nobody wrote, of an entity that gateways ask for', EntityResolver, /note would/],
  ])('refuses a field with a rule %s', async (_which, resolver, problem) => {
    await expect(check(resolver)).rejects.toThrow(problem);
    await expect(check(resolver, { fieldResolverEnhancers: ['guards'] })).rejects.toThrow(problem);
    await expect(check(resolver, { fieldResolverEnhancers: ['interceptors'] })).rejects.toThrow();
    const both = { fieldResolverEnhancers: ['filters', 'guards', 'interceptors'] };
    await expect(check(resolver, both)).resolves.toBeUndefined();
  });

  it.each([
    ['a field without a rule', PlainResolver],
    ['a public entity', PublicEntityResolver],
    ['what is no field', NoResolver],
  ])('leaves %s alone', async (_which, resolver) => {
    await expect(check(resolver)).resolves.toBeUndefined();
  });
});
