import type { Provider } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import { Authenticator } from './authentication/authenticator.js';
import { BindingWatch } from './coverage/binding-watch.js';
import { coverageMode } from './coverage/coverage.gate.js';
import { Decisions } from './observability/decisions.js';
import { PATRONUS_OPTIONS } from './patronus.module-definition.js';
import type { GuardOptions, PatronusOptions } from './patronus.options.js';
import { type BoundHandler, HandlerExplorer } from './transport/handler-explorer.js';
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
  Partial<PatronusOptions>,
];

/** What ties transports and handlers together, before Nest binds any handler. */
export function transportRooms(guards: NonNullable<GuardOptions['guards']>): Provider[] {
  return [
    {
      provide: ScopeInterceptor,
      inject: [Transports],
      useFactory: (transports: Transports) => new ScopeInterceptor(transports, guards === 'global'),
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
        PATRONUS_OPTIONS,
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
          options,
        ]: Binding
      ) => {
        const identify: TransportHost['identify'] = (request) => authenticator.identify(request);
        const refused: TransportHost['refused'] = (...refusal) => decisions.refuse(...refusal);
        return new TransportBinding(
          transports,
          explorer,
          interceptor,
          { config, discovery, identify, refused },
          guards === 'global' ? bindingCheck(options, config) : undefined,
        );
      },
    },
  ];
}

/** Refuses to bind microservice handlers without the global guards, where the options say so. */
function bindingCheck(
  { coverage }: Partial<PatronusOptions>,
  config: ApplicationConfig,
): ((handler: BoundHandler) => void) | undefined {
  if (coverageMode(coverage) !== 'enforce') return undefined;
  const watch = new BindingWatch(config);
  return ({ type, owner, name }) => {
    if (type === 'rpc') watch.requireGuards(`${owner.name}.${name}`);
  };
}
