import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type ClientOptions, WebSocket } from 'ws';

/** Received message: the name of an event with its data. */
export type Heard = readonly [event: string, data: unknown];

/** Client of either library, which queues received messages. */
export class Caller {
  readonly #heard: Heard[] = [];
  readonly #waiting: ((heard: Heard) => void)[] = [];

  private constructor(
    readonly send: (event: string, data?: unknown) => void,
    readonly close: () => void,
  ) {}

  /** Connects over Socket.IO. Records `connect`, `connect_error` and `disconnect` as well. */
  static io(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Caller {
    const socket: Socket = io(url, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      ...options,
    });
    const caller = new Caller(
      (event, data) => void socket.emit(event, data),
      () => void socket.close(),
    );
    socket.onAny((event: string, data: unknown) => caller.#hear([event, data]));
    socket.on('connect', () => caller.#hear(['connect', undefined]));
    socket.on('connect_error', (error: Error & { data?: unknown }) =>
      caller.#hear(['connect_error', error.data ?? error.message]),
    );
    socket.on('disconnect', (reason) => caller.#hear(['disconnect', reason]));
    return caller;
  }

  /** Connects over `ws`. Records `connect`, `error` and `disconnect` (code and reason) as well. */
  static ws(url: string, options: ClientOptions = {}, protocols: readonly string[] = []): Caller {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), [...protocols], options);
    const caller = new Caller(
      (event, data) => socket.send(JSON.stringify({ event, data })),
      () => socket.close(),
    );
    socket.on('open', () => caller.#hear(['connect', socket.protocol]));
    socket.on('message', (text: Buffer) => {
      const { event, data } = JSON.parse(text.toString()) as { event: string; data: unknown };
      caller.#hear([event, data]);
    });
    socket.on('error', (error) => caller.#hear(['error', error.message]));
    socket.on('close', (code, reason) =>
      caller.#hear(['disconnect', `${code} ${reason.toString()}`]),
    );
    return caller;
  }

  /** Returns the first message that was not returned yet. */
  next(): Promise<Heard> {
    const [heard] = this.#heard.splice(0, 1);
    if (heard !== undefined) return Promise.resolve(heard);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sends a message, and waits for the answer. */
  ask(event: string, data?: unknown): Promise<Heard> {
    const answer = this.next();
    this.send(event, data);
    return answer;
  }

  #hear(heard: Heard): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#heard.push(heard);
    else waiting(heard);
  }
}
