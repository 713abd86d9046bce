import { connect } from 'node:net';
import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type ModuleMetadata,
  Query,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import {
  CurrentTenant,
  CurrentUser,
  type Identity,
  OptionalAuth,
  PatronusModule,
  TenantContext,
} from '@patronus/nestjs';
import { ClsServiceManager } from 'nestjs-cls';
import { TokenTableProvider } from './token-table.provider.js';

/** Gate at which work of one request waits for work of another one. */
class Gate {
  #open: () => void = () => {};
  readonly passed = new Promise<void>((resolve) => (this.#open = resolve));
  open(): void {
    this.#open();
  }
}

@Controller()
export class NotesController {
  private readonly cls = ClsServiceManager.getClsService();

  constructor(private readonly tenant: TenantContext) {}

  @Get('notes') async notes(@CurrentUser() user: Identity, @CurrentTenant() tenant: string) {
    await new Promise((resolve) => setImmediate(resolve));
    this.cls.set('written', user.id);
    return this.answer(user, tenant);
  }

  @OptionalAuth() @Get('optional') optional(@CurrentUser() user?: Identity) {
    return this.answer(user, undefined);
  }

  /** Answers before its background work is done. */
  @Get('background') background(@Query('as') name: string) {
    const gate = new Gate();
    const seen = gate.passed.then(() => this.tenant.idOrNull);
    BACKGROUND.set(name, { gate, seen });
    return 'started';
  }

  private answer(user: Identity | undefined, tenant: string | undefined) {
    const { cls } = this;
    const id = cls.getId() as string | undefined;
    const setUp = cls.get<string | undefined>('setUp');
    return { user: user?.id, tenant, inside: this.tenant.idOrNull, id, setUp };
  }
}

/** Work that outlives its request, by the name that the request gave it. */
export const BACKGROUND = new Map<string, { gate: Gate; seen: Promise<string | null> }>();

export const patronus = () =>
  PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} });

const running: INestApplication[] = [];
export async function closeAll(): Promise<void> {
  BACKGROUND.clear();
  for (const app of running.splice(0)) await app.close();
}

/** Starts an application with nestjs-cls beside Patronus, and returns a function that calls it. */
export async function startNotes(
  adapter: () => AbstractHttpAdapter,
  imports: NonNullable<ModuleMetadata['imports']>,
  { prepare = (_app: INestApplication) => {}, controllers = [NotesController] as Function[] } = {},
) {
  @Module({ imports, controllers: controllers as never[] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter(), {
    logger: false,
    abortOnError: false,
  });
  running.push(app);
  prepare(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (path: string, token?: string): Promise<unknown> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/${path}`, { headers });
    const text = await answer.text();
    return text.startsWith('{') ? JSON.parse(text) : text;
  };
  return { app, url, ask };
}

/** Sends all requests at once over one connection, as HTTP/1.1 allows (RFC 9112, section 9.3.2). */
export function pipelined(
  url: string,
  requests: readonly (readonly [path: string, token: string])[],
): Promise<Record<string, unknown>[]> {
  const { hostname, port } = new URL(url);
  const lines = requests.map(
    ([path, token], at) =>
      `GET /${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: ${
        at === requests.length - 1 ? 'close' : 'keep-alive'
      }\r\n\r\n`,
  );
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(lines.join('')));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const bodies = text.match(/^\{.*\}/gm) ?? [];
      resolve(bodies.map((body): Record<string, unknown> => JSON.parse(body)));
    });
  });
}
