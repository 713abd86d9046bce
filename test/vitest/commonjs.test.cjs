// An application in CommonJS, and a test runner that has no expect().
const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { Test } = require('@nestjs/testing');
const { IdentityProvider, PatronusModule, RequirePermissions } = require('@patronus/nestjs');
const { gcip } = require('@patronus/nestjs/jwt');
const {
  asUser,
  describeIdentityProvider,
  mockIdentity,
  patronusMatchers,
  readAnswer,
  userToken,
} = require('@patronus/nestjs/testing');

class NotesController {
  read() {
    return ['milk'];
  }
}
const handler = Object.getOwnPropertyDescriptor(NotesController.prototype, 'read');
for (const decorate of [Get(), RequirePermissions('notes.read')]) {
  decorate(NotesController.prototype, 'read', handler);
}
Controller('notes')(NotesController);

class AppModule {}
Module({
  imports: [
    PatronusModule.forRoot({ identityProvider: gcip({ projectId: 'novah-care' }), tenancy: {} }),
  ],
  controllers: [NotesController],
})(AppModule);

describe('the testing kit in CommonJS', () => {
  let app;
  let url;

  before(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(IdentityProvider)
      .useValue(mockIdentity())
      .compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/notes`;
  });

  after(() => app.close());

  it('lets a user of a test in', async () => {
    const headers = asUser({ tenantId: 'norte', permissions: ['notes.read'] });
    const answer = await fetch(url, { headers });
    assert.equal((await readAnswer(answer)).failed, false);
    assert.deepEqual(await answer.json(), ['milk']);
  });

  it('refuses one who may not', async () => {
    const answer = await readAnswer(await fetch(url, { headers: asUser({ tenantId: 'norte' }) }));
    assert.equal(answer.code, 'permission_denied');
    assert.match(answer.decisionId, /^[\da-f-]{36}$/);
    const outcome = await patronusMatchers.toBeDenied(await fetch(url));
    assert.equal(outcome.pass, true);
  });
});

describeIdentityProvider(
  'mockIdentity() in CommonJS',
  {
    async start() {
      const bearer = (token) => ({ scheme: 'bearer', token });
      return {
        provider: mockIdentity(),
        good: () => bearer(userToken({ id: 'ana' })),
        expected: { id: 'ana' },
        other: () => bearer(userToken({ id: 'ben' })),
        expired: () => bearer(userToken({ expiresAt: 1_700_000_000 })),
        stop: () => undefined,
      };
    },
  },
  {
    framework: {
      describe: (name, body) => void describe(name, body),
      it: (name, body) => void it(name, body),
    },
    notApplicable: {
      forged: 'only this process can write such a token',
      foreign: 'there is no audience',
      outage: 'there is no server',
      recover: 'there is no server',
      calls: 'there is no server',
    },
  },
);
