import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gcip } from '@patronus/nestjs/jwt';
import { assertAdmitted, assertRefused, decoded } from './expectations.mjs';
import { startEmulator } from './firebase-emulator.mjs';
import { guardedApp } from './guarded-app.mjs';

const projectId = 'demo-novah';
const ADMIN = { authorization: 'Bearer owner' };

describe('the Firebase Auth emulator', () => {
  const apps = [];
  let emulator;
  let app;

  async function post(path, body, headers = {}) {
    const answer = await fetch(`http://${emulator.host}/identitytoolkit.googleapis.com/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  }

  function signUp(email, tenant = {}) {
    const person = { email, password: 'correct horse', displayName: 'Ana Souza', ...tenant };
    return post('v1/accounts:signUp?key=any', { ...person, returnSecureToken: true });
  }

  async function guarded(options) {
    const started = await guardedApp(gcip({ projectId, ...options }));
    apps.push(started);
    return started;
  }

  before(async () => {
    emulator = await startEmulator(projectId);
    app = await guarded({ emulatorHost: emulator.host });
  });

  after(async () => {
    await Promise.all(apps.map((one) => one.close()));
    await emulator?.stop();
  });

  it('is believed where its host is configured', async () => {
    const { idToken, localId } = await signUp('ana@novah.example');
    assert.deepEqual(decoded(idToken).header, { alg: 'none', typ: 'JWT' });
    assert(idToken.endsWith('.'), 'it is unsigned');
    const identity = await assertAdmitted(app, idToken);
    assert.equal(identity.id, localId);
    assert.equal(identity.email, 'ana@novah.example');
    assert.equal(identity.issuer, `https://securetoken.google.com/${projectId}`);
    assert.deepEqual(identity.authenticationMethods, ['password']);
    assert.equal((await app.ask()).status, 401);
  });

  it('is refused where it is not', async () => {
    const { idToken } = await signUp('ben@novah.example');
    await assertRefused(await guarded({}), idToken, 'token_malformed');
  });

  it('is refused for other projects, and once its claims do not fit', async () => {
    const { idToken } = await signUp('eva@novah.example');
    const elsewhere = await guarded({ projectId: 'demo-other', emulatorHost: emulator.host });
    await assertRefused(elsewhere, idToken, 'issuer_unknown');
    const [header, payload] = idToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    for (const [change, code] of [
      [{ exp: Math.floor(Date.now() / 1000) - 60 }, 'token_expired'],
      [{ aud: 'demo-other' }, 'token_invalid'],
      [{ sub: '' }, 'token_invalid'],
    ]) {
      const changed = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
      await assertRefused(app, `${header}.${changed}.`, code);
    }
    await assertRefused(app, `${header}.${payload}.AAAA`, 'token_malformed');
    await assertAdmitted(app, idToken);
  });

  it('is believed for the configured tenants only', async () => {
    const path = `v2/projects/${projectId}/tenants`;
    const tenant = { displayName: 'acme', allowPasswordSignup: true };
    const { name } = await post(path, tenant, ADMIN);
    const tenantId = name.split('/').at(-1);
    const { idToken } = await signUp('ana@acme.example', { tenantId });
    const own = await guarded({ emulatorHost: emulator.host, tenants: [tenantId] });
    assert.equal((await assertAdmitted(own, idToken)).tenantId, tenantId);
    const other = await guarded({ emulatorHost: emulator.host, tenants: ['other'] });
    await assertRefused(other, idToken, 'token_invalid');
  });

  it('cannot be configured in production', () => {
    process.env.NODE_ENV = 'production';
    try {
      assert.throws(() => gcip({ projectId, emulatorHost: emulator.host }), {
        name: 'PatronusConfigurationError',
        path: 'gcip.emulatorHost',
      });
    } finally {
      delete process.env.NODE_ENV;
    }
  });
});
