import 'reflect-metadata';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, type ExecutionContext, Get, Logger } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { OptionalAuth } from '../authorization/decorators.js';
import { Explainer } from '../authorization/explanation/explainer.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { IdentityCache } from '../identity/identity-cache.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { bindScope, currentScope, RequestScope, runInScope } from '../identity/request-scope.js';
import { AuthEvents } from '../observability/auth-events.js';
import { Decisions } from '../observability/decisions.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { PigeonTransport } from '../../../../test/fixtures/pigeon.js';
import { Transports } from '../transport/transports.js';
import { InMemoryRevocations } from '../revocation/in-memory.revocations.js';
import { TenantPolicy } from '../tenancy/tenant-policy.js';
import { AuthGuard } from './auth.guard.js';
import { AccountCache } from '../accounts/account-cache.js';
import { Authenticator } from './authenticator.js';
import { CredentialReader } from './credential-reader.js';
import { DPoPVerifier } from './dpop/dpop-verifier.js';
import { PatronusStrategy } from './patronus.strategy.js';

const FIELDS = {
  id: 'ana',
  issuer: 'test',
  provider: 'test',
  expiresAt: Date.now() / 1000 + 60,
};
const ana = new Identity(FIELDS);

class AnaProvider extends IdentityProvider {
  readonly name = 'ana';
  override authenticate(): Promise<Identity> {
    return Promise.resolve(ana);
  }
}

@Controller()
class NotesController {
  @Get() closed() {
    return 'notes';
  }
  @OptionalAuth() @Get('open') optional() {
    return 'notes';
  }
}

function setUp(tenants = new TenantPolicy(undefined), transports = new Transports()) {
  const discovery = new DiscoveryService(new ModulesContainer());
  const rules = new RuleRegistry(new HandlerExplorer(discovery, new MetadataScanner()));
  const authenticator = new Authenticator(
    new AnaProvider(),
    new IdentityCache(),
    tenants,
    new CredentialReader(undefined, ['bearer']),
    new InMemoryRevocations(),
    new DPoPVerifier(undefined),
    new AccountCache(undefined, () => undefined),
  );
  const decisions = new Decisions(
    new AuthEvents(),
    transports,
    rules,
    Reflect.construct(Explainer, []),
    'operators',
  );
  const guard = new AuthGuard(rules, authenticator, tenants, decisions, transports);
  return { authenticator, guard, strategy: new PatronusStrategy() };
}

function messageWith(authorization?: string): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  if (authorization !== undefined) message.headers.authorization = authorization;
  return message;
}

function contextOf(
  message: IncomingMessage,
  handler: 'closed' | 'optional' = 'closed',
  type = 'http',
): ExecutionContext {
  const args = [message];
  const scope = currentScope();
  if (scope !== undefined) bindScope(message, scope);
  const context: unknown = {
    getType: () => type,
    getArgs: () => args,
    getClass: () => NotesController,
    getHandler: () => Reflect.get(NotesController.prototype, handler),
    getArgByIndex: () => message,
    switchToHttp: () => ({ getRequest: () => message, getResponse: () => ({}) }),
  };
  return context as ExecutionContext;
}

function inScope<T>(authenticator: Authenticator, run: (scope: RequestScope) => T): T {
  const results: T[] = [];
  const scope = new RequestScope(new ServerResponse(messageWith()), (request) =>
    authenticator.authenticate(request),
  );
  runInScope(scope, () => results.push(run(scope)));
  const [result] = results;
  if (result === undefined) throw new Error('nothing ran');
  return result;
}

describe('AuthGuard', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });

  it('names the transport that it refuses', () => {
    const { guard } = setUp();
    expect(() => guard.canActivate(contextOf(messageWith(), 'closed', 'ws'))).toThrow(
      expect.objectContaining({
        code: 'transport_unsupported',
        reason: 'ws is not among the transports of PatronusModule',
      }),
    );
  });

  it('denies in the words of the transport what that refuses, whether the caller is known or not', async () => {
    const pigeon = new PigeonTransport();
    jest.spyOn(pigeon, 'admitted').mockImplementation(() => {
      throw new PatronusError('token_invalid');
    });
    const { guard } = setUp(undefined, new Transports([pigeon]));
    const ask = async () => guard.canActivate(contextOf(messageWith(), 'closed', 'pigeon'));
    await expect(ask()).rejects.toThrow(/^token_invalid [0-9a-f-]{36}$/);
    await expect(ask()).rejects.toThrow(/^token_invalid [0-9a-f-]{36}$/);
  });

  it('admits each call of a request to the tenant that it names, and reads the credential once', async () => {
    const inNorte = new Identity({ ...FIELDS, tenantId: 'norte' });
    jest.spyOn(AnaProvider.prototype, 'authenticate').mockResolvedValueOnce(inNorte);
    const pigeon = new PigeonTransport();
    const tenants = new TenantPolicy({ path: 'clinic' });
    const { authenticator, guard } = setUp(tenants, new Transports([pigeon]));
    const request = new RequestScope(undefined, (asked) => authenticator.authenticate(asked));
    pigeon.own = request;
    const recall = jest.spyOn(authenticator, 'recall');
    const ask = async (clinic: string) => {
      pigeon.params = { clinic };
      return guard.canActivate(contextOf(messageWith(), 'closed', 'pigeon'));
    };
    await expect(ask('norte')).resolves.toBe(true);
    await expect(ask('norte')).resolves.toBe(true);
    await expect(ask('sur')).rejects.toThrow(/^tenant_mismatch /);
    expect(recall).toHaveBeenCalledTimes(1);
    expect(request).toMatchObject({ identity: inNorte, tenantId: 'norte' });
  });

  it('refuses a request that no scope was opened for', () => {
    const { guard } = setUp();
    expect(() => guard.canActivate(contextOf(messageWith('Bearer ana')))).toThrow(
      'PatronusModule has not seen this request.',
    );
  });

  it('refuses at once, through handleRequest, where there is no token', () => {
    const { authenticator, guard } = setUp();
    const handle = jest.spyOn(guard, 'handleRequest');
    const message = messageWith();
    const context = contextOf(message);
    inScope(authenticator, (scope) => {
      bindScope(message, scope);
      expect(() => guard.canActivate(context)).toThrow(
        expect.objectContaining({ code: 'token_missing' }),
      );
      return true;
    });
    expect(handle).toHaveBeenCalledWith(expect.any(PatronusError), false, undefined, context);
  });

  it('asks for nothing twice: an admitted caller passes without a token', () => {
    const { authenticator, guard } = setUp();
    inScope(authenticator, (scope) => {
      scope.identity = ana;
      expect(guard.canActivate(contextOf(messageWith()))).toBe(true);
      return true;
    });
  });

  it('admits once, whether the token is new or known', async () => {
    const { authenticator, guard } = setUp();
    const admit = jest.spyOn(authenticator, 'admit');
    const visit = () => guard.canActivate(contextOf(messageWith('Bearer ana')));
    expect(await inScope(authenticator, visit)).toBe(true);
    expect(admit).toHaveBeenCalledTimes(1);
    expect(inScope(authenticator, visit)).toBe(true);
    expect(admit).toHaveBeenCalledTimes(2);
  });

  it('tells operators why a tenant is missing', () => {
    const { authenticator, guard } = setUp(new TenantPolicy({ claim: 'empresa_id' }));
    inScope(authenticator, (scope) => {
      scope.identity = ana;
      expect(() => guard.canActivate(contextOf(messageWith()))).toThrow(
        expect.objectContaining({
          code: 'tenant_required',
          reason: expect.stringContaining('the claim empresa_id is missing'),
        }),
      );
      return true;
    });
  });

  describe('handleRequest', () => {
    const { guard } = setUp();
    const closed = contextOf(messageWith());
    const optional = contextOf(messageWith(), 'optional');
    const missing = new PatronusError('token_missing');

    it('lets nobody in on optional routes only, and only without a token', () => {
      expect(guard.handleRequest(missing, false, undefined, optional)).toBeNull();
      expect(() => guard.handleRequest(missing, false, undefined, closed)).toThrow(missing);
      const invalid = new PatronusError('token_invalid');
      expect(() => guard.handleRequest(invalid, false, undefined, optional)).toThrow(invalid);
    });

    it('throws what is no error, too, as the cause of one', () => {
      expect(() => guard.handleRequest('broken', ana, undefined, closed)).toThrow(
        expect.objectContaining({ message: 'Authentication failed.', cause: 'broken' }),
      );
    });

    it.each<[string, unknown]>([
      ['false', false],
      ['nothing', undefined],
      ['a look-alike', JSON.parse(JSON.stringify(ana))],
    ])('refuses %s, which is no Identity', (_name, identity) => {
      expect(() => guard.handleRequest(null, identity, undefined, closed)).toThrow(
        expect.objectContaining({ code: 'token_invalid' }),
      );
    });

    it('gives the identity back', () => {
      expect(guard.handleRequest(null, ana, undefined, closed)).toBe(ana);
    });
  });
});
