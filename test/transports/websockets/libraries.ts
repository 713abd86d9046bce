import { expect } from '@jest/globals';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule, type PatronusModuleOptions } from '@patronus/nestjs';
import { webSockets } from '@patronus/nestjs/websockets';
import { Caller } from './callers.js';
import { OpaqueProvider } from './opaque.provider.js';

/** What a client brings to the handshake. */
export interface Brought {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A WebSocket library, as far as applications see a difference. */
export interface Library {
  readonly adapt: (app: INestApplication) => void;
  readonly at: (place: string) => object;
  readonly call: (url: string, brought?: Brought) => Caller;
  /** What a client hears that is refused with a code, up to the end. */
  readonly refusal: (code: string, status: number) => readonly unknown[];
  /** The same where it was connected. */
  readonly expulsion: (code: string, status: number) => readonly unknown[];
}

const told = (code: string) => ({
  status: 'error',
  code,
  message: expect.stringMatching(/\.$/),
  decisionId: expect.stringMatching(/^[\da-f-]{36}$/),
});

export const LIBRARIES: readonly (readonly [string, Library])[] = [
  [
    'Socket.IO',
    {
      adapt: () => {},
      at: (namespace) => ({ namespace }),
      call: (url, { token, headers = {} } = {}) =>
        Caller.io(url, { auth: { token }, extraHeaders: headers }),
      refusal: (code) => [['connect_error', told(code)]],
      expulsion: (code) => [
        ['exception', told(code)],
        ['disconnect', 'io server disconnect'],
      ],
    },
  ],
  [
    'ws',
    {
      adapt: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
      at: (path) => ({ path: `/${path}` }),
      call: (url, { token, headers } = {}) =>
        Caller.ws(url, {
          headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
        }),
      refusal: (code, status) => [
        ['connect', ''],
        ['exception', told(code)],
        ['disconnect', `${4000 + status} ${code}`],
      ],
      expulsion: (code, status) => [
        ['exception', told(code)],
        ['disconnect', `${4000 + status} ${code}`],
      ],
    },
  ],
];

/** The same gateway for either library. */
export function gatewayAt(library: Library, place: string, handlers: Type<object>): Type<object> {
  @WebSocketGateway(library.at(place))
  class Gateway extends handlers {}
  return Gateway;
}

/** An application with gateways, that knows opaque tokens. */
export class RunningGateways {
  private constructor(
    readonly app: INestApplication,
    readonly url: string,
    readonly provider: OpaqueProvider,
  ) {}

  static async start(
    library: Library,
    gateways: readonly Type<object>[],
    options: Partial<PatronusModuleOptions> = {},
    listen = (app: INestApplication): Promise<unknown> => app.listen(0, '127.0.0.1'),
  ): Promise<RunningGateways> {
    const provider = new OpaqueProvider();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: provider,
          tenancy: { header: 'x-empresa-id' },
          transports: [webSockets({ recheck: 5 })],
          ...options,
        }),
      ],
      providers: [...gateways],
    })
    class GatewaysModule {}
    const app = await NestFactory.create(GatewaysModule, { logger: false, abortOnError: false });
    library.adapt(app);
    await listen(app);
    return new RunningGateways(app, await app.getUrl(), provider);
  }
}

/** As many things as are expected, in the order in which they were heard. */
export async function hear(caller: Caller, count: number): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  while (heard.length < count) heard.push(await caller.next());
  return heard;
}
