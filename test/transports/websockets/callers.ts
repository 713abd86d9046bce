import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type ClientOptions, WebSocket } from 'ws';

/** What came in: the name of an event and what it brought. */
export type Heard = readonly [event: string, data: unknown];

/** A client of either library, that remembers what it heard until somebody asks. */
export class Caller {
  readonly #heard: Heard[] = [];
  readonly #waiting: ((heard: Heard) => void)[] = [];

  private constructor(
    readonly send: (event: string, data?: unknown) => void,
    readonly close: () => void,
  ) {}

  /** Over Socket.IO. Hears `connect`, `connect_error` and `disconnect` beside what is sent to it. */
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

  /** Over `ws`. Hears `connect`, `error` and `disconnect` (code and reason) beside what is sent to it. */
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

  /** What it heard first of all that nobody asked for yet. */
  next(): Promise<Heard> {
    const [heard] = this.#heard.splice(0, 1);
    if (heard !== undefined) return Promise.resolve(heard);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sends, and waits for what comes back. */
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
