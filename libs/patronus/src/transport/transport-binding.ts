import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { BindingWatch } from './binding-watch.js';
import type { BoundHandler, HandlerExplorer } from './handler-explorer.js';
import { globalInterceptors, type ScopeInterceptor } from './scope.interceptor.js';
import { type LastGuard, putLastGuard } from './handler-guards.js';
import type { TransportHost } from './transport-host.js';
import type { Transports } from './transports.js';

/**
 * Connects transports and handlers while Nest creates its providers, before it binds any handler.
 */
export class TransportBinding implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly transports: Transports,
    private readonly explorer: HandlerExplorer,
    private readonly interceptor: ScopeInterceptor,
    private readonly host: TransportHost,
    private readonly watch: BindingWatch,
    binding?: (handler: BoundHandler) => void,
    private readonly lastOfRoutes?: LastGuard,
  ) {
    interceptor.putOn(explorer.all(), binding);
    transports.start(host);
  }

  /**
   * Binds routes, once every provider and the global interceptors are known, and before Nest mounts
   * any route or binds any resolver.
   */
  bindRoutes(): void {
    const handlers = this.explorer.all();
    this.interceptor.putOn(handlers.filter(({ type }) => type === 'graphql'));
    this.interceptor.putOnRoutes(handlers, globalInterceptors(this.host.config));
    const routes = handlers.filter(({ type }) => type === 'http');
    putLastGuard(routes, this.lastOfRoutes);
    this.transports.bindProvided();
    this.watch.awaitRoutes();
  }

  onModuleInit(): void {
    this.transports.verify();
  }

  onModuleDestroy(): void {
    this.transports.stop();
  }
}
