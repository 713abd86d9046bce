import { describe, expect, it } from '@jest/globals';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { PatronusError } from '../errors/patronus.error.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { ProtectedResource, type ResourceSurroundings } from './protected-resource.js';

class Provider extends IdentityProvider {
  readonly name = 'test';

  constructor(
    override readonly issuers: IdentityProvider['issuers'],
    override readonly schemes: IdentityProvider['schemes'] = ['bearer'],
  ) {
    super();
  }
  override authenticate(): Promise<never> {
    return Promise.reject(new PatronusError('token_invalid'));
  }
}

const ISSUER = 'https://id.novah.example';

function resourceOf(
  options: object = {},
  others: Partial<ResourceSurroundings> = {},
): ProtectedResource {
  const discovery = new DiscoveryService(new ModulesContainer());
  const written = JSON.parse(JSON.stringify({ resource: 'https://api.novah.example', ...options }));
  return new ProtectedResource(written, {
    provider: new Provider([ISSUER]),
    rules: new RuleRegistry(new HandlerExplorer(discovery, new MetadataScanner())),
    scopes: [],
    dpopRequiredFor: [],
    ...others,
  });
}

describe('ProtectedResource', () => {
  it.each([
    ['https://api.novah.example', ''],
    ['https://api.novah.example/', ''],
    ['https://api.novah.example/mcp', '/mcp'],
    ['https://api.novah.example/mcp/v1/', '/mcp/v1/'],
    ['http://127.0.0.1:3000/mcp', '/mcp'],
  ])('puts the metadata of %s between its host and its path', (resource, path) => {
    const { path: own, url } = resourceOf({ resource });
    expect(own).toBe(`/.well-known/oauth-protected-resource${path}`);
    expect(url).toBe(`${new URL(resource).origin}${own}`);
  });

  it('says the identifier exactly as it is written', () => {
    const resource = 'https://api.novah.example/';
    expect(resourceOf({ resource }).metadata.resource).toBe(resource);
  });

  it('leaves out what it has nothing to say of', () => {
    const provider = new Provider([]);
    expect(resourceOf({}, { provider }).metadata).toEqual({
      resource: 'https://api.novah.example',
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });

  it('names the issuers of the provider that clients can go to, or those of the options', () => {
    const provider = new Provider([ISSUER, 'sessions']);
    expect(resourceOf({}, { provider }).metadata.authorization_servers).toEqual([ISSUER]);
    const authorizationServers = ['https://login.novah.example'];
    expect(resourceOf({ authorizationServers }).metadata.authorization_servers).toEqual(
      authorizationServers,
    );
  });

  it('asks for bound tokens where all of its issuers have to bind theirs', () => {
    const required = (dpopRequiredFor: string[]) =>
      resourceOf({}, { provider: new Provider([ISSUER, 'https://b.example']), dpopRequiredFor })
        .metadata.dpop_bound_access_tokens_required;
    expect(required([ISSUER, 'https://b.example'])).toBe(true);
    expect(required([ISSUER])).toBeUndefined();
    expect(resourceOf({}, { provider: new Provider([]) }).metadata).not.toHaveProperty(
      'dpop_bound_access_tokens_required',
    );
  });

  it('takes no token where no provider does', () => {
    const provider = new Provider([], ['api-key']);
    expect(resourceOf({}, { provider }).metadata).toEqual({
      resource: 'https://api.novah.example',
      bearer_methods_supported: [],
    });
  });

  it.each([
    [{ resource: undefined }, 'resource'],
    [{ resource: 'api' }, 'resource'],
    [{ resource: 'http://api.novah.example' }, 'resource'],
    [{ resource: 'https://api.novah.example/#a' }, 'resource'],
    [{ resource: 'https://api.novah.example/?a=b' }, 'resource'],
    [{ resource: 'https://api.novah.example/:id' }, 'resource'],
    [{ resource: 'https://api.novah.example/a b' }, 'resource'],
    [{ resource: 'https://me:secret@api.novah.example' }, 'resource'],
    [{ authorizationServers: ['id'] }, 'authorizationServers[0]'],
    [{ authorizationServers: [] }, 'authorizationServers'],
    [{ scopes: ['a b'] }, 'scopes[0]'],
    [{ name: '' }, 'name'],
    [{ documentation: 'javascript:alert(1)' }, 'documentation'],
    [{ policy: 'http://novah.example' }, 'policy'],
    [{ terms: 'terms' }, 'terms'],
    [{ scope: ['a'] }, 'scope'],
  ])('does not start with %j', (options, path) => {
    expect(() => resourceOf(options)).toThrow(PatronusConfigurationError);
    expect(() => resourceOf(options)).toThrow(
      expect.objectContaining({ path: `protectedResource.${path}` }),
    );
  });
});
