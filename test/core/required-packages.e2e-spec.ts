import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Controller, Get, type INestApplication, Injectable, Module } from '@nestjs/common';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { Test } from '@nestjs/testing';
import {
  AuthGuard,
  type GrantedAuthority,
  PatronusModule,
  PermissionSource,
  RequirePermissions,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { createCache } from 'cache-manager';
import { ClsServiceManager } from 'nestjs-cls';
import { Strategy } from 'passport-jwt';
import request from 'supertest';
import { ROOT } from '../docs/markdown-page.js';

@Injectable()
class Members extends PermissionSource {
  override async grantsOf(): Promise<GrantedAuthority> {
    return { permissions: ['patients.read'] };
  }
}

@Controller('patients')
class PatientsController {
  @Get()
  @RequirePermissions('patients.read')
  list() {
    return [];
  }
}

/** Counts the calls of all methods of an object, without changing them. */
function callsOf(target: object): () => readonly string[] {
  const called: string[] = [];
  for (const name of Object.getOwnPropertyNames(target)) {
    const method: unknown = Reflect.get(target, name);
    if (name === 'constructor' || typeof method !== 'function') continue;
    Reflect.set(target, name, function counted(this: unknown, ...args: unknown[]): unknown {
      called.push(name);
      return Reflect.apply(method, this, args);
    });
  }
  return () => called;
}

describe('a package that every application installs', () => {
  let issuer: TestIssuer;
  let app: INestApplication;
  let keys: () => readonly string[];
  const tokens = callsOf(Strategy.prototype);
  const contexts = callsOf(Object.getPrototypeOf(ClsServiceManager.getClsService()));
  let cached: () => readonly string[];

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    // Requires jose, which is being imported while this file is.
    const { JwksClient } = await import('jwks-rsa');
    keys = callsOf(JwksClient.prototype);
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
          permissions: { source: { useClass: Members } },
        }),
      ],
      controllers: [PatientsController],
    })
    class AppModule {}
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
    cached = callsOf(app.get(CACHE_MANAGER, { strict: false }));
    const token = await issuer.token({ sub: 'ana' });
    await request(app.getHttpServer()).get('/patients').auth(token, { type: 'bearer' }).expect(200);
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  it('is used: @nestjs/passport is the base of the guard', () => {
    expect(AuthGuard.prototype).toBeInstanceOf(PassportGuard('patronus'));
  });

  it('is used: passport-jwt verifies the token', () => {
    expect(tokens()).toContain('authenticate');
  });

  it('is used: jwks-rsa reads the keys', () => {
    expect(keys()).not.toEqual([]);
  });

  it('is used: nestjs-cls carries the request', () => {
    expect(contexts()).not.toEqual([]);
  });

  it('is used: @nestjs/cache-manager and cache-manager keep what a permission source answers', () => {
    const cache: object = app.get(CACHE_MANAGER, { strict: false });
    expect(Object.keys(cache)).toEqual(expect.arrayContaining(Object.keys(createCache())));
    expect(cached()).toEqual(expect.arrayContaining([expect.stringMatching(/set/)]));
  });

  it('is required, as a dependency or as a peer', () => {
    const text = readFileSync(join(ROOT, 'libs/patronus/package.json'), 'utf8');
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(text);
    const required = { ...dependencies, ...peerDependencies };
    const names = ['passport-jwt', 'jwks-rsa', 'cache-manager', 'nestjs-cls'];
    for (const name of [...names, '@nestjs/passport', '@nestjs/cache-manager']) {
      expect(required).toHaveProperty([name]);
      expect(peerDependenciesMeta).not.toHaveProperty([name]);
    }
  });
});
