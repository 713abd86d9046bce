import type { Provider } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import { Authenticator } from './authentication/authenticator.js';
import { AuthGuard } from './authentication/auth.guard.js';
import { PermissionsGuard } from './authorization/permissions.guard.js';
import { RuleRegistry } from './authorization/rules/rule-registry.js';
import { CoverageGate } from './coverage/coverage.gate.js';
import { GuardsInForce } from './coverage/guards-in-force.js';
import { Decisions } from './observability/decisions.js';
import type { GuardOptions } from './patronus.options.js';
import { TenantPolicy } from './tenancy/tenant-policy.js';
import { BindingWatch } from './transport/binding-watch.js';
import { HandlerExplorer } from './transport/handler-explorer.js';
import { HandlerGuards, LastGuard } from './transport/handler-guards.js';
import { ScopeInterceptor } from './transport/scope.interceptor.js';
import { TransportBinding } from './transport/transport-binding.js';
import type { TransportHost } from './transport/transport-host.js';
import { Transports } from './transport/transports.js';

type Binding = readonly [
  Transports,
  HandlerExplorer,
  ScopeInterceptor,
  ApplicationConfig,
  DiscoveryService,
  Authenticator,
  Decisions,
  BindingWatch,
  HandlerGuards,
  CoverageGate,
  RuleRegistry,
  TenantPolicy,
];

/** Returns the providers that connect transports and handlers, before Nest binds any handler. */
export function transportRooms(guards: NonNullable<GuardOptions['guards']>): Provider[] {
  return [
    {
      provide: BindingWatch,
      inject: [ApplicationConfig],
      useFactory: (config: ApplicationConfig) => new BindingWatch(config),
    },
    {
      provide: HandlerGuards,
      inject: [ApplicationConfig, DiscoveryService, BindingWatch],
      useFactory: (...parts: ConstructorParameters<typeof HandlerGuards>) =>
        new HandlerGuards(...parts),
    },
    {
      provide: GuardsInForce,
      inject: [HandlerGuards, Transports, AuthGuard, PermissionsGuard],
      useFactory: (
        handlers: HandlerGuards,
        transports: Transports,
        auth: AuthGuard,
        permissions: PermissionsGuard,
      ) =>
        new GuardsInForce(
          handlers,
          transports,
          { AuthGuard: auth, PermissionsGuard: permissions },
          guards === 'global',
        ),
    },
    {
      provide: ScopeInterceptor,
      inject: [Transports, Decisions],
      useFactory: (transports: Transports, decisions: Decisions) =>
        new ScopeInterceptor(
          transports,
          guards === 'global'
            ? (error, context) => decisions.refuseUnseen(error, context)
            : undefined,
        ),
    },
    {
      provide: TransportBinding,
      inject: [
        Transports,
        HandlerExplorer,
        ScopeInterceptor,
        ApplicationConfig,
        DiscoveryService,
        Authenticator,
        Decisions,
        BindingWatch,
        HandlerGuards,
        CoverageGate,
        RuleRegistry,
        TenantPolicy,
      ],
      useFactory: (
        ...[
          transports,
          explorer,
          interceptor,
          config,
          discovery,
          authenticator,
          decisions,
          watch,
          handlerGuards,
          gate,
          rules,
          tenancy,
        ]: Binding
      ) => {
        const identify: TransportHost['identify'] = (request) => authenticator.identify(request);
        const guardsBefore: TransportHost['guardsBefore'] = (bound) => handlerGuards.before(bound);
        const refused: TransportHost['refused'] = (...refusal) => decisions.refuse(...refusal);
        return new TransportBinding(
          transports,
          explorer,
          interceptor,
          { config, discovery, guardsBefore, identify, refused },
          watch,
          (handler) => {
            watch.noteBinding(handler.handler, handler.type);
            if (handler.type === 'rpc') gate.noteBinding(handler);
          },
          guards === 'manual' && tenancy.enabled
            ? tenantGuard(transports, rules, tenancy, decisions)
            : undefined,
        );
      },
    },
  ];
}

/**
 * Requires the tenant of callers that `AuthGuard('patronus')` of `@nestjs/passport` admitted. That
 * guard knows no rules, and no other guard need follow it.
 */
function tenantGuard(
  transports: Transports,
  rules: RuleRegistry,
  tenancy: TenantPolicy,
  decisions: Decisions,
): LastGuard {
  return new LastGuard((context) => {
    const scope = transports.scopeOf(context);
    if (scope?.identity === undefined) return;
    const rule = rules.ruleOf(context.getClass(), context.getHandler());
    if (rule.access === 'public') return;
    try {
      tenancy.require(scope.identity, scope.tenantId, rule.tenantOptional);
    } catch (error) {
      throw decisions.deny(error, scope, context);
    }
  });
}
