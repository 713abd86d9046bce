import {
  Injectable,
  Scope,
  type ExecutionContext,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Identity } from '../../identity/identity.js';
import type { RequestScope } from '../../identity/request-scope.js';
import type { Grants } from '../grants/grants.js';
import type { GuardedRequest } from '../../transport/guarded-request.js';
import { routeMatchOf } from '../../transport/route-match.js';
import { Transports } from '../../transport/transports.js';
import { compilePermission } from '../grants/permission-matcher.js';
import { PermissionPolicy } from '../grants/permission-policy.js';
import { RuleRegistry } from '../rules/rule-registry.js';
import { loadedResources } from './loaded-resources.js';
import { PolicyCheck } from './policy-check.js';
import type { PolicyContext } from './policy-context.js';
import type { PolicyRequirement } from './policy-requirement.js';
import type { ResourceLoader } from './resource-loader.js';

/** Finds the policies that routes name, and runs them. */
@Injectable()
export class ResourcePolicies implements OnModuleInit {
  private readonly loaders = new Map<Function, ResourceLoader>();

  constructor(
    private readonly rules: RuleRegistry,
    private readonly modules: ModuleRef,
    private readonly options: PermissionPolicy,
    private readonly transports: Transports,
  ) {}

  /**
   * Checks that every policy that a route names can be run.
   *
   * @throws {PatronusConfigurationError} if a route names a policy that cannot be run
   */
  onModuleInit(): void {
    for (const { rule } of this.rules.all()) {
      for (const policy of rule.policies ?? []) this.loaderOf(policy);
    }
  }

  /**
   * Runs one policy after the other.
   *
   * @throws {PatronusError} `resource_not_found`, `permission_denied`, `scope_denied` or
   * `provider_unavailable`
   */
  async require(
    policies: readonly PolicyRequirement[],
    scope: RequestScope,
    identity: Identity,
    grants: Grants,
    context: ExecutionContext,
  ): Promise<true> {
    const asked = contextOf(this.transports.requestOf(context), identity, scope.tenantId, grants);
    const resources = loadedResources(scope, routeMatchOf(context));
    const check = new PolicyCheck(asked, resources, this.options.timeoutMs);
    for (const policy of policies) await check.require(policy, this.loaderOf(policy));
    return true;
  }

  private loaderOf({ decorator, loader: type, methods }: PolicyRequirement): ResourceLoader {
    let loader: unknown = this.loaders.get(type);
    loader ??= this.provided(decorator, type);
    if (!isLoader(loader, methods)) {
      const needed = ['load', 'tenantOf', ...methods].join(', ');
      throw new PatronusConfigurationError(
        decorator,
        `${type.name} lacks a required method.`,
        `Implement ${needed}.`,
      );
    }
    this.loaders.set(type, loader);
    return loader;
  }

  private provided(decorator: string, type: Type<ResourceLoader>): unknown {
    if (this.scopeOf(decorator, type) === Scope.DEFAULT) {
      return this.modules.get<unknown>(type, { strict: false });
    }
    throw new PatronusConfigurationError(
      decorator,
      `${type.name} is not a singleton: Nest creates it for each request or each consumer.`,
      'Make it and its dependencies singletons: PolicyContext holds the data of the request.',
    );
  }

  private scopeOf(decorator: string, type: Type<ResourceLoader>): Scope | undefined {
    try {
      return this.modules.introspect(type).scope;
    } catch {
      throw new PatronusConfigurationError(
        decorator,
        `${type.name} is not a provider.`,
        'Add it to the providers of the module of its routes.',
      );
    }
  }
}

function contextOf(
  request: GuardedRequest,
  identity: Identity,
  tenantId: string | undefined,
  { tenant }: Grants,
): Omit<PolicyContext, 'hasScopes'> {
  const { body } = request;
  const params = isRecord(request.params) ? request.params : {};
  const query = isRecord(request.query) ? request.query : {};
  const may: PolicyContext['may'] = (permission) => tenant.has(compilePermission(permission));
  return { identity, tenantId, params, query, body, request, may };
}

function isRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null;
}

function isLoader(value: unknown, methods: readonly string[]): value is ResourceLoader {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['load', 'tenantOf', ...methods].every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
