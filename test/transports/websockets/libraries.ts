import { expect } from '@jest/globals';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule, type PatronusModuleOptions } from '@patronus/nestjs';
import { webSockets } from '@patronus/nestjs/websockets';
import { Caller } from './callers.js';
import { OpaqueProvider } from './opaque.provider.js';

/** Credential and headers that a client sends in the handshake. */
export interface Brought {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** WebSocket library, with its differences as applications see them. */
export interface Library {
  readonly adapt: (app: INestApplication) => void;
  readonly at: (place: string) => object;
  readonly call: (url: string, brought?: Brought) => Caller;
  /** Messages to a client that is refused with a code, up to the end. */
  readonly refusal: (code: string, status: number) => readonly unknown[];
  /** Messages to a client that was connected and is closed. */
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

/** Creates the same gateway for either library. */
export function gatewayAt(library: Library, place: string, handlers: Type<object>): Type<object> {
  @WebSocketGateway(library.at(place))
  class Gateway extends handlers {}
  return Gateway;
}

/** Application with gateways, which accepts opaque tokens. */
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

/** Returns the expected number of messages, in the order in which they arrived. */
export async function hear(caller: Caller, count: number): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  while (heard.length < count) heard.push(await caller.next());
  return heard;
}
