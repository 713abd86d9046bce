import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CurrentUser, PatronusModule } from '@patronus/nestjs';

/** A controller with `GET /me`, which answers who asks; decorated by plain calls. */
function meController(decorators) {
  class MeController {
    me(user) {
      return user;
    }
  }
  const method = Object.getOwnPropertyDescriptor(MeController.prototype, 'me');
  for (const decorate of [...decorators, Get()]) decorate(MeController.prototype, 'me', method);
  CurrentUser()(MeController.prototype, 'me', 0);
  Controller('me')(MeController);
  return MeController;
}

/** Application on Express that accepts one provider, and returns the caller. */
export async function guardedApp(identityProvider, { decorators = [], ...options } = {}) {
  class InteropModule {}
  Module({
    imports: [PatronusModule.forRoot({ identityProvider, ...options })],
    controllers: [meController(decorators)],
  })(InteropModule);
  const app = await NestFactory.create(InteropModule, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/me`;
  return {
    url,
    close: () => app.close(),
    async ask(token, headers = {}) {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(url, { headers: { ...authorization, ...headers } });
      const challenge = answer.headers.get('www-authenticate');
      return { status: answer.status, challenge, body: await answer.json() };
    },
  };
}
