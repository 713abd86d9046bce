import 'reflect-metadata';
import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplication, WebSocketAdapter } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { asUser, mockIdentity, userToken } from '@patronus/nestjs/testing';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

const doors = new EventEmitter();

@WebSocketGateway()
class DoorGateway {
  handleConnection(...connection: unknown[]) {
    doors.emit('opened', connection);
  }
}

let app: INestApplication;

async function listen(adapter: (app: INestApplication) => WebSocketAdapter): Promise<string> {
  const module = await Test.createTestingModule({ providers: [DoorGateway] }).compile();
  app = module.createNestApplication({ logger: false });
  app.useWebSocketAdapter(adapter(app));
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

/** Returns the caller of a socket's handshake. */
async function whoIs(credential: unknown) {
  const token = String(credential).replace('Bearer ', '');
  return (await mockIdentity().authenticate({ scheme: 'bearer', token })).id;
}

describe('a user of a test opens a socket', () => {
  afterEach(() => app.close());

  it('of Socket.IO, with auth or with headers', async () => {
    const url = await listen((host) => new IoAdapter(host));
    const opened = once(doors, 'opened');
    const client = io(url, {
      transports: ['websocket'],
      auth: { token: userToken({ id: 'ana' }) },
      extraHeaders: asUser({ id: 'ben' }),
    });
    const [[{ handshake }]] = await opened;
    expect(await whoIs(handshake.auth.token)).toBe('ana');
    expect(await whoIs(handshake.headers.authorization)).toBe('ben');
    client.disconnect();
  });

  it('of ws, with headers', async () => {
    const url = await listen((host) => new WsAdapter(host));
    const opened = once(doors, 'opened');
    const client = new WebSocket(url.replace('http', 'ws'), { headers: asUser({ id: 'ana' }) });
    await once(client, 'open');
    const [[, { headers }]] = await opened;
    expect(await whoIs(headers.authorization)).toBe('ana');
    client.terminate();
  });
});
