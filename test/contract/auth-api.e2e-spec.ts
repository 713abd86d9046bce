import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { authApi } from '@patronus/nestjs/auth-api';
import { describeIdentityProvider, type ProviderHarness } from '@patronus/nestjs/testing';
import { AnsweringServer } from './answering-server.js';
import { bearer, TOKENS } from './opaque-tokens.js';

const PEOPLE: Readonly<Record<string, object>> = {
  [`Bearer ${TOKENS.good}`]: { id: 'ana', email: 'ana@novah.example', role: 'doctor' },
  [`Bearer ${TOKENS.other}`]: { id: 'ben', email: 'ben@novah.example', role: 'receptionist' },
};

const harness: ProviderHarness = {
  async start() {
    const server = new AnsweringServer(({ method, url, headers }) => {
      const person = PEOPLE[headers.authorization ?? ''];
      if (method !== 'GET' || url !== '/api/me/') return { status: 404, body: {} };
      return person === undefined ? { status: 401, body: {} } : { status: 200, body: person };
    });
    return {
      provider: authApi({ url: await server.start() }),
      good: () => bearer(TOKENS.good),
      expected: { id: 'ana', email: 'ana@novah.example', roles: ['doctor'] },
      other: () => bearer(TOKENS.other),
      expired: () => bearer(TOKENS.ended),
      forged: () => bearer(TOKENS.forged),
      outage: () => void (server.down = true),
      recover: () => void (server.down = false),
      calls: () => server.calls,
      stop: () => server.stop(),
    };
  },
};

describeIdentityProvider('authApi()', harness, {
  framework: { describe, it },
  notApplicable: { foreign: 'the Auth API says nothing of audiences' },
});
