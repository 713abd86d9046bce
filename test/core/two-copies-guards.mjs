// `two-copies-guards.mjs <folder> <coverage>`, after the hooks that read TypeScript: makes a second copy of
// the package in the folder, and starts an application that has the modules of both. Its routes are guarded
// by the one copy or by the other. Tells as JSON what the first copy says of them, and what they answer.
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AccountSource,
  AuthGuard,
  Coverage,
  PatronusModule,
  RequireAuthentication,
} from '@patronus/nestjs';
import { loadSecondCopy } from './second-copy.mjs';
import { TokenTableProvider } from './token-table.provider.ts';

const [, , folder, coverage] = process.argv;
const second = await loadSecondCopy(folder);

class SecondProvider extends second.IdentityProvider {
  name = 'second';
  async authenticate({ token: id }) {
    const expiresAt = Date.now() / 1000 + 60;
    return new second.Identity({ id, issuer: 'second', provider: 'second', expiresAt });
  }
}

class NoAccounts extends AccountSource {
  accountOf() {}
}

class NotesController {
  own() {}
  other() {}
}
Controller()(NotesController);
for (const [name, guard] of [
  ['own', AuthGuard],
  ['other', second.AuthGuard],
]) {
  const descriptor = Object.getOwnPropertyDescriptor(NotesController.prototype, name);
  for (const decorate of [Get(name), RequireAuthentication(), UseGuards(guard)]) {
    decorate(NotesController.prototype, name, descriptor);
  }
}

class AppModule {}
Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      accounts: new NoAccounts(),
      guards: 'manual',
      coverage,
    }),
    second.PatronusModule.forRoot({ identityProvider: new SecondProvider(), guards: 'manual' }),
  ],
  controllers: [NotesController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
try {
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (headers) => (await fetch(`${url}/other`, { headers })).status;
  const table = app
    .get(Coverage)
    .table()
    .map(({ handler, guards, missingGuards }) => ({ handler, guards, missingGuards }));
  const answers = [await ask({}), await ask({ authorization: 'Bearer ana' })];
  process.stdout.write(JSON.stringify({ table, answers }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.message }));
} finally {
  await app.close();
}
