import { HttpException, HttpStatus } from '@nestjs/common';
import { PatronusError } from '../../errors/patronus.error.js';
import { withinDeadline } from '../../identity/deadline.js';
import type { LoadedResources } from './loaded-resources.js';
import type { PolicyContext } from './policy-context.js';
import type { PolicyRequirement } from './policy-requirement.js';
import type { ResourceLoader } from './resource-loader.js';

const RETRY_AFTER_SECONDS = 5;

/** Checks one policy on its resource, which is loaded once for each request and class. */
export class PolicyCheck {
  private readonly context: PolicyContext;
  /** Scopes that the policy asked for and the token does not have. */
  private readonly lacking = new Set<string>();

  constructor(
    context: Omit<PolicyContext, 'hasScopes'>,
    private readonly loaded: LoadedResources,
    private readonly timeoutMs: number,
  ) {
    const hasScopes: PolicyContext['hasScopes'] = (...scopes) => {
      const missing = scopes.filter((scope) => !context.identity.scopes.includes(scope));
      for (const scope of missing.length > 0 ? scopes : []) this.lacking.add(scope);
      return missing.length === 0;
    };
    this.context = { ...context, hasScopes };
  }

  /**
   * @throws {PatronusError} `resource_not_found`, `permission_denied`, `scope_denied` or
   * `provider_unavailable`
   */
  async require(policy: PolicyRequirement, loader: ResourceLoader): Promise<void> {
    this.lacking.clear();
    const known = this.loaded.has(policy.loader);
    const resource = known ? this.loaded.get(policy.loader) : await this.load(policy, loader);
    this.requireOwnTenant(policy, loader, resource);
    await this.requirePermit(policy, loader, resource);
    this.loaded.set(policy.loader, resource);
  }

  private async load({ decorator }: PolicyRequirement, loader: ResourceLoader): Promise<unknown> {
    let resource: unknown;
    try {
      resource = await this.inTime(() => loader.load(this.context));
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      if (isNotFound(error)) throw notFound(decorator, 'there is no such resource', error);
      throw new PatronusError('provider_unavailable', {
        retryAfter: RETRY_AFTER_SECONDS,
        reason: `${decorator}: the resource could not be loaded`,
        cause: error,
      });
    }
    if (resource !== undefined && resource !== null) return resource;
    throw notFound(decorator, 'there is no such resource');
  }

  /**
   * Requires a resource of this tenant. The error does not name the other tenant, because the log
   * of this tenant records it.
   */
  private requireOwnTenant(
    { decorator }: PolicyRequirement,
    loader: ResourceLoader,
    resource: unknown,
  ): void {
    let tenantId: string | undefined;
    try {
      tenantId = loader.tenantOf(resource);
    } catch (error) {
      throw notFound(decorator, 'the tenant of the resource cannot be determined', error);
    }
    if (tenantId === this.context.tenantId) return;
    throw notFound(decorator, 'the resource does not belong to the tenant of the request');
  }

  private async requirePermit(
    policy: PolicyRequirement,
    loader: ResourceLoader,
    resource: unknown,
  ): Promise<void> {
    let permitted: unknown;
    try {
      permitted = await this.inTime(() => policy.permits(loader, resource, this.context));
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      const reason = `${policy.decorator} failed`;
      throw new PatronusError('permission_denied', { reason, cause: error });
    }
    if (permitted === true) return;
    const reason = `${policy.decorator} refuses`;
    if (this.lacking.size === 0) throw new PatronusError('permission_denied', { reason });
    throw new PatronusError('scope_denied', { reason, scopes: [...this.lacking] });
  }

  private inTime(work: () => unknown): Promise<unknown> {
    return withinDeadline((async () => work())(), this.timeoutMs);
  }
}

function isNotFound(error: unknown): error is HttpException {
  return error instanceof HttpException && error.getStatus() === HttpStatus.NOT_FOUND.valueOf();
}

function notFound(decorator: string, problem: string, cause?: unknown): PatronusError {
  return new PatronusError('resource_not_found', { reason: `${decorator}: ${problem}`, cause });
}
