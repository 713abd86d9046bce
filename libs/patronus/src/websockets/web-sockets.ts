import type { Transport } from '../transport/transport.js';
import { checkWebSocketOptions, type WebSocketOptions } from './web-socket.options.js';
import { WebSocketTransport } from './web-socket.transport.js';

/**
 * Guards the gateways of `@nestjs/websockets`, on Socket.IO and on `ws`: the connection by its
 * handshake, and each message by the decorators of its handler. Create one for each application.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * PatronusModule.forRoot({
 *   identityProvider: gcip({ projectId: 'novah-care' }),
 *   transports: [webSockets({ recheck: 30 })],
 * })
 */
export function webSockets(options: WebSocketOptions = {}): Transport {
  return new WebSocketTransport(checkWebSocketOptions(options));
}
