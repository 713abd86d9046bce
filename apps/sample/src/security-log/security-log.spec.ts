import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type AuthEvent, AuthEvents } from '@patronus/nestjs';
import { SecurityLog } from './security-log.js';

const decision = {
  at: 1,
  decisionId: 'd-1',
  transport: 'http',
  route: 'PatientsController.list',
  method: 'GET',
  path: '/patients',
  user: 'ana\nforged line',
  issuer: 'https://i',
  tenant: 'clinica-norte',
};

describe('SecurityLog', () => {
  const warned = jest.fn<(line: string) => void>();
  const events = new AuthEvents();
  const log = new SecurityLog(events);

  beforeEach(() => {
    warned.mockClear();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
  });
  afterEach(() => void jest.restoreAllMocks());

  it.each<[AuthEvent, object]>([
    [
      { type: 'denied', code: 'role_denied', reason: 'why', explanation: undefined, ...decision },
      {
        event: 'denied',
        code: 'role_denied',
        user: 'ana\nforged line',
        tenant: 'clinica-norte',
        route: 'PatientsController.list',
        decisionId: 'd-1',
      },
    ],
    [
      {
        type: 'tenant_crossing',
        at: 1,
        allowed: false,
        decisionId: 'd-2',
        user: 'ana',
        issuer: 'https://i',
        from: 'clinica-norte',
        to: 'clinica-sur',
        reason: 'ticket 1',
      },
      {
        event: 'tenant_crossing',
        allowed: false,
        user: 'ana',
        tenant: 'clinica-norte',
        to: 'clinica-sur',
        reason: 'ticket 1',
        decisionId: 'd-2',
      },
    ],
    [
      { type: 'revoked', at: 1, revocation: { user: 'ana', issuer: 'https://i' } },
      { event: 'revoked', user: 'ana', issuer: 'https://i' },
    ],
    [
      {
        type: 'provider_unavailable',
        at: 1,
        provider: 'oidc',
        issuer: 'https://i',
        reason: 'down',
      },
      { event: 'provider_unavailable', provider: 'oidc', issuer: 'https://i', reason: 'down' },
    ],
    [
      { type: 'provider_recovered', at: 1, provider: 'oidc', issuer: 'https://i' },
      { event: 'provider_recovered', provider: 'oidc', issuer: 'https://i' },
    ],
    [
      { type: 'keys_rotated', at: 1, provider: 'oidc', issuer: 'i', added: ['b'], removed: ['a'] },
      { event: 'keys_rotated', provider: 'oidc', issuer: 'i', added: ['b'], removed: ['a'] },
    ],
  ])('writes one line for %j', (event, facts) => {
    expect(log).toBeDefined();
    events.emit(event);
    expect(warned).toHaveBeenCalledTimes(1);
    const line = warned.mock.calls[0]?.[0] ?? '';
    expect(line.split('\n')).toHaveLength(1);
    expect(JSON.parse(line)).toEqual(facts);
  });

  it('says nothing of who was let in', () => {
    events.emit({ type: 'allowed', ...decision });
    expect(warned).not.toHaveBeenCalled();
    expect(events.hasListeners('allowed')).toBe(false);
  });
});
