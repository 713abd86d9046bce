import { describe, expect, it } from '@jest/globals';
import {
  ForbiddenException,
  InternalServerErrorException,
  UnauthorizedException,
} from '@nestjs/common';
import type { ProviderEvent } from '../../identity/provider-event.js';
import {
  type Actions,
  acting,
  ana,
  bearer,
  byId,
} from '../../../../../test/fixtures/acting-strategy.js';
import { passport, type ToIdentity } from './index.js';

describe('outcomes of a strategy of passport()', () => {
  const expired = Object.assign(new Error('jwt expired'), { name: 'TokenExpiredError' });
  it.each<[string, string, (run: Actions) => unknown]>([
    ['token_expired', 'the strategy refused: jwt expired', (run) => run.fail(expired)],
    [
      'token_expired',
      'the strategy refused: jwt expired',
      (run) => run.fail({ message: 'jwt expired' }),
    ],
    [
      'token_expired',
      'the strategy refused: over',
      (run) => run.success(false, { name: 'TokenExpiredError', message: 'over' }),
    ],
    [
      'token_invalid',
      'the strategy refused: invalid signature',
      (run) => run.fail(new Error('invalid signature')),
    ],
    [
      'token_invalid',
      'the strategy refused: no such user',
      (run) => run.success(null, { message: 'no such user' }),
    ],
    [
      'token_invalid',
      'the strategy refused: Bearer realm="Users"',
      (run) => run.fail('Bearer realm="Users"'),
    ],
    ['token_invalid', 'the strategy refused: status 400', (run) => run.fail(400)],
    [
      'token_invalid',
      `the strategy refused: ${'x'.repeat(200)}`,
      (run) => run.fail('x'.repeat(300)),
    ],
    ['token_invalid', 'the strategy refused', (run) => run.fail({ message: { deep: true } })],
    ['token_invalid', 'the strategy refused', (run) => run.fail(`bad ${bearer.token}`)],
    ['token_invalid', 'the strategy refused', (run) => run.pass()],
    [
      'token_invalid',
      'the strategy refused: no such user',
      (run) => run.error(new UnauthorizedException('no such user')),
    ],
    [
      'permission_denied',
      'the strategy refused: blocked',
      () => Promise.reject(new ForbiddenException('blocked')),
    ],
    [
      'token_invalid',
      'the strategy refused',
      (run) => run.error(new UnauthorizedException(`no user for ${bearer.token}`)),
    ],
    [
      'provider_unavailable',
      'the strategy fails',
      (run) => run.error(new InternalServerErrorException('broken')),
    ],
  ])('answers %s, with the reason "%s"', async (code, reason, act) => {
    await expect(passport(acting(act), byId).authenticate(bearer)).rejects.toMatchObject({
      code,
      reason: `passport: ${reason}`,
    });
  });

  it('reports no outage where an exception of Nest refuses the caller', async () => {
    const provider = passport(
      acting((run) => run.error(new UnauthorizedException())),
      byId,
    );
    const events: ProviderEvent[] = [];
    provider.observe((event) => events.push(event));
    for (let index = 0; index < 5; index += 1) {
      await provider.authenticate(bearer).catch(() => undefined);
    }
    expect(events).toEqual([]);
  });

  class Entity {
    readonly id = 'ana';
    name = 'Ana';
    readonly picture = Buffer.from('picture');
  }
  const circular: Record<string, unknown> = { id: 'ana' };
  circular['self'] = circular;
  const payload = { id: 'ana', exp: 1, role: { id: 2 }, list: [{ a: null }], gone: undefined };
  it.each<[string, object, object]>([
    ['the payload of a token', payload, payload],
    [
      'an object without a prototype',
      Object.assign(Object.create(null), { id: 'ana' }),
      { id: 'ana' },
    ],
    ['an entity', new Entity(), {}],
    ['an object that holds an entity', { id: 'ana', of: [new Entity()] }, {}],
    ['an object that holds bytes', { id: 'ana', picture: Buffer.from('a') }, {}],
    ['an object that holds a time', { id: 'ana', at: new Date() }, {}],
    ['an object that holds a function', { id: 'ana', f: () => 1 }, {}],
    ['an object that holds no number', { id: 'ana', at: Number.NaN }, {}],
    ['an object in a circle', circular, {}],
  ])('has the claims of %s, unless the mapping gives some', async (_name, user, claims) => {
    const strategy = acting((run) => run.success(user));
    const identity = await passport(strategy, byId).authenticate(bearer);
    expect(identity.claims).toEqual(claims);
    expect(Object.isFrozen(user)).toBe(false);
    const given = passport(strategy, () => ({ id: 'a', claims: { only: 'this' } }));
    expect((await given.authenticate(bearer)).claims).toEqual({ only: 'this' });
  });

  it('takes claims with an entity and bytes, and freezes neither', async () => {
    const entity = new Entity();
    const mapping: ToIdentity = () => ({ id: 'ana', claims: { entity, bytes: Buffer.from('a') } });
    const { claims } = await passport(ana, mapping).authenticate(bearer);
    expect(claims['entity']).toBe(entity);
    entity.name = 'Ana B.';
    const whole: ToIdentity = (user: Entity) => ({
      id: user.id,
      claims: Object.fromEntries(Object.entries(user)),
    });
    const strategy = acting((run) => run.success(entity));
    await expect(passport(strategy, whole).authenticate(bearer)).resolves.toMatchObject({
      claims: { name: 'Ana B.', picture: entity.picture },
    });
  });

  it.each<[string, () => unknown]>([
    ['toIdentity returned no object with an id', () => 'ana'],
    ['toIdentity returned an id that is not text: write String(user.id)', () => ({ id: 7 })],
  ])('tells operators of a mistake in the mapping: %s', async (message, map) => {
    const provider = passport(ana, map as ToIdentity);
    await expect(provider.authenticate(bearer)).rejects.toMatchObject({
      code: 'provider_unavailable',
      cause: { message },
    });
  });
});
