import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { BoundHandler, HandlerExplorer } from './handler-explorer.js';
import type { ScopeInterceptor } from './scope.interceptor.js';
import type { TransportHost } from './transport-host.js';
import type { Transports } from './transports.js';

/** Brings transports and handlers together while Nest makes its providers: before it binds any handler. */
export class TransportBinding implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly transports: Transports,
    explorer: HandlerExplorer,
    interceptor: ScopeInterceptor,
    host: TransportHost,
    binding?: (handler: BoundHandler) => void,
  ) {
    interceptor.putOn(explorer.all(), binding);
    transports.start(host);
  }

  onModuleInit(): void {
    this.transports.verify();
  }

  onModuleDestroy(): void {
    this.transports.stop();
  }
}
