const { Controller, Get, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

async function createApp() {
  const { PatronusModule, Public } = await import('@patronus/nestjs');
  const { oidc } = await import('@patronus/nestjs/jwt');

  class LegacyController {
    hello() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(LegacyController.prototype, 'hello');
  for (const decorate of [Get('hello'), Public()]) {
    decorate(LegacyController.prototype, 'hello', descriptor);
  }
  Controller()(LegacyController);

  class AppModule {}
  const identityProvider = oidc({ issuer: 'https://id.example.com', audience: 'dev-api' });
  Module({
    imports: [PatronusModule.forRoot({ identityProvider })],
    controllers: [LegacyController],
  })(AppModule);
  return NestFactory.create(AppModule, { abortOnError: false });
}

// Nobody finds this name without running the file.
module.exports = Object.fromEntries([['createApp', createApp]]);
