import 'reflect-metadata';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ClsModule, type ClsService } from 'nestjs-cls';
import { ADAPTERS } from './adapters.js';
import { BACKGROUND, closeAll, patronus, pipelined, startNotes } from './cls-notes.js';

afterEach(closeAll);

type Mount = 'middleware' | 'guard' | 'interceptor';
type Hooks = 'with its request' | 'without its request' | 'of the other build';

/**
 * Returns the token from the argument of a `setup` hook of nestjs-cls: the request itself, or an
 * execution context.
 */
function tokenOf(given: unknown): string {
  const request = isContext(given) ? given.switchToHttp().getRequest<unknown>() : given;
  const headers: unknown = Reflect.get(Object(request), 'headers');
  return String(Reflect.get(Object(headers), 'authorization'));
}

function isContext(given: unknown): given is ExecutionContext {
  return typeof given === 'object' && given !== null && 'switchToHttp' in given;
}

/** Module that a CommonJS application loads: it shares only the stores with the ES module. */
const COMMONJS: typeof ClsModule = createRequire(import.meta.url)('nestjs-cls').ClsModule;

function clsModule(mounts: readonly Mount[], hooks: Hooks) {
  const named = hooks !== 'without its request';
  const build = hooks === 'of the other build' ? COMMONJS : ClsModule;
  const mount = {
    mount: true,
    generateId: true,
    saveReq: named,
    saveCtx: named,
    setup: (cls: ClsService, given: unknown) => cls.set('setUp', tokenOf(given)),
  };
  return build.forRoot({
    global: true,
    ...Object.fromEntries(mounts.map((one) => [one, mount])),
  });
}

const MOUNTS: readonly (readonly Mount[])[] = [
  ['middleware'],
  ['guard'],
  ['interceptor'],
  ['middleware', 'interceptor'],
  ['middleware', 'guard', 'interceptor'],
];
const MATRIX = ADAPTERS.flatMap(([name, adapter]) =>
  MOUNTS.flatMap((mounts) =>
    (['before', 'after'] as const).flatMap((order) =>
      (['with its request', 'without its request', 'of the other build'] as const).map(
        (hooks) => [mounts.join(' and '), order, name, hooks, mounts, adapter] as const,
      ),
    ),
  ),
);

describe.each(MATRIX)('nestjs-cls as %s, %s Patronus, on %s, %s', (...given) => {
  const [, order, , hooks, mounts, adapter] = given;
  const startBoth = () => {
    const cls = clsModule(mounts, hooks);
    return startNotes(adapter, order === 'before' ? [cls, patronus()] : [patronus(), cls]);
  };
  // After an asynchronous guard, the guard of nestjs-cls loses its own store, with or without
  // Patronus.
  const losesItself =
    hooks === 'of the other build' && order === 'after' && mounts.join() === 'guard';
  const isAnId = expect.stringMatching(/^[a-z0-9]+$/);

  it('leaves the caller, the tenant and its own keys whole', async () => {
    const { ask } = await startBoth();
    for (const [user, tenant] of [
      ['ana', 'norte'],
      ['ben', 'sur'],
      ['ana', 'norte'],
    ]) {
      const token = `${user}.${tenant}`;
      const setUp = `Bearer ${token}`;
      const own = losesItself ? {} : { id: isAnId, setUp };
      expect(await ask('notes', token)).toMatchObject({ user, tenant, inside: tenant, ...own });
      expect(await ask('optional', token)).toMatchObject({ user, inside: tenant });
    }
    expect(await ask('optional')).toMatchObject({ inside: null });
    expect(await ask('notes')).toMatchObject({ code: 'token_missing' });
  });

  it('keeps requests of one connection apart, and their background work in its tenant', async () => {
    const { ask, url } = await startBoth();
    const tenants = Array.from({ length: 10 }, (_, at) => `t${at}`);
    const answers = await pipelined(
      url,
      tenants.map((tenant) => ['notes', `u.${tenant}`]),
    );
    expect(answers.map(({ inside }) => inside)).toEqual(tenants);
    if (!losesItself) {
      expect(answers.map(({ setUp }) => setUp)).toEqual(tenants.map((one) => `Bearer u.${one}`));
      expect(new Set(answers.map(({ id }) => id)).size).toBe(tenants.length);
    }
    for (const tenant of ['norte', 'sur']) {
      expect(await ask(`background?as=${tenant}`, `ana.${tenant}`)).toBe('started');
    }
    await ask('notes', 'ben.oeste');
    for (const [tenant, { gate, seen }] of BACKGROUND) {
      gate.open();
      expect(await seen).toBe(tenant);
    }
    expect(BACKGROUND.size).toBe(2);
  });
});
