export { webSockets } from './web-sockets.js';
export type { WebSocketOptions } from './web-socket.options.js';
