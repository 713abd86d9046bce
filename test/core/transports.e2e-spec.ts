import 'reflect-metadata';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Module,
  UseGuards,
} from '@nestjs/common';
import { AuthGuard, PatronusModule, PermissionsGuard, Public } from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

let seen: ExecutionContext;

class SeeingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen = context;
    return true;
  }
}

@Controller()
class SeenController {
  @Public() @UseGuards(SeeingGuard) @Get('public') public() {
    return 'seen';
  }
  @UseGuards(SeeingGuard) @Get('closed') closed() {
    return 'seen';
  }
}

let tried = (): void => {};

@Controller()
class TryingController {
  @Get('trying') trying() {
    tried();
    return 'tried';
  }
}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() })],
  controllers: [SeenController, TryingController],
})
class SeenModule {}

describe.each(ADAPTERS)('a context that is no request, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let guards: readonly CanActivate[];
  beforeAll(async () => {
    running = await listen(SeenModule, adapter());
    guards = [running.app.get(AuthGuard), running.app.get(PermissionsGuard)];
  });
  afterAll(() => running.app.close());

  const visit = (path: string) =>
    fetch(`${running.url}/${path}`, { headers: { authorization: 'Bearer ana' } });

  it.each(['rpc', 'ws', 'graphql', 'smoke-signals'])(
    'is denied on the transport %s, even where the handler is public',
    async (type) => {
      for (const path of ['public', 'closed']) {
        expect((await visit(path)).status).toBe(200);
        const elsewhere: ExecutionContext = Object.assign(Object.create(seen), {
          getType: () => type,
        });
        for (const guard of guards) {
          expect(() => guard.canActivate(elsewhere)).toThrow(
            expect.objectContaining({ code: 'transport_unsupported' }),
          );
        }
      }
    },
  );

  it('is denied where no server has opened its request, in the request of another one', async () => {
    expect((await visit('closed')).status).toBe(200);
    const request = Object.assign(new IncomingMessage(new Socket()), {
      headers: { authorization: 'Bearer ana' },
    });
    const unseen: ExecutionContext = Object.assign(Object.create(seen), {
      getArgByIndex: () => request,
    });
    tried = () => {
      for (const guard of guards) expect(() => guard.canActivate(unseen)).toThrow();
    };
    tried();
    expect((await visit('trying')).status).toBe(200);
  });
});
