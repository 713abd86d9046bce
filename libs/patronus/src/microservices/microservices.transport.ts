import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { GuardedRequest } from '../transport/guarded-request.js';
import type { CallTarget } from '../transport/call-target.js';
import { Transport } from '../transport/transport.js';
import type { TransportHost } from '../transport/transport-host.js';
import { bindStreams } from './bind-streams.js';
import { rpcDenial } from './rpc-denial.js';
import { rpcRequest } from './rpc-request.js';
import { rpcTarget } from './rpc-target.js';

/**
 * Transport for `@MessagePattern()`, `@EventPattern()`, `@GrpcMethod()` and similar handlers.
 * Stateless.
 */
export class MicroservicesTransport extends Transport {
  override readonly type = 'rpc';

  override requestOf(context: ExecutionContext): GuardedRequest {
    return rpcRequest(context);
  }

  override targetOf(context: ExecutionContext): CallTarget {
    return rpcTarget(context);
  }

  override denial(
    error: PatronusError,
    decisionId: string | undefined,
    context: ExecutionContext,
  ): Error {
    return rpcDenial(error, decisionId, context.getArgs<unknown[]>());
  }

  override start({ discovery }: TransportHost): void {
    bindStreams(discovery);
  }
}

/**
 * Guards the handlers of microservices: TCP, Redis, NATS, RabbitMQ, MQTT, Kafka and gRPC. A hybrid
 * application must pass `{ inheritAppConfig: true }` to `connectMicroservice()`. Otherwise its
 * handlers refuse every call.
 *
 * @example
 * PatronusModule.forRoot({ identityProvider: gcip({ projectId: 'novah-care' }), transports: [microservices()] })
 */
export function microservices(): MicroservicesTransport {
  return new MicroservicesTransport();
}
