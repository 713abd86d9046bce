/** Who is measured, on what, and what each of them checks for each request. */
export const CONTENDERS = [
  {
    name: 'unguarded',
    module: 'contenders/unguarded.mjs',
    checks: 'nothing',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'Patronus',
    module: 'contenders/patronus.mjs',
    checks: 'identity, tenant, permission',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'by hand: the minimum',
    module: 'contenders/minimum.mjs',
    checks: 'identity (hash, map), role',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'by hand: fast-jwt with its cache',
    module: '../peers/library/fast-jwt.mjs',
    checks: 'identity (cached), role',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'by hand: jose',
    module: 'contenders/jose.mjs',
    checks: 'identity, role',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'passport-jwt + jwks-rsa',
    module: '../peers/library/recipe.mjs',
    checks: 'identity, role',
    adapters: ['express', 'fastify'],
  },
  {
    name: 'express-oauth2-jwt-bearer',
    module: '../peers/library/express-oauth2-jwt-bearer.mjs',
    checks: 'identity, role',
    adapters: ['express'],
  },
  {
    name: '@thallesp/nestjs-better-auth',
    module: '../peers/library/better-auth.mjs',
    checks: 'session (cookie cache), role',
    adapters: ['express'],
  },
  {
    name: 'unguarded, Nest 10',
    module: '../peers/library-nest10/unguarded.mjs',
    checks: 'nothing',
    adapters: ['express'],
  },
  {
    name: 'nest-keycloak-connect',
    module: '../peers/library-nest10/nest-keycloak-connect.mjs',
    base: 'unguarded, Nest 10',
    checks: 'identity (offline), role',
    adapters: ['express'],
  },
];

export const RECIPE = 'passport-jwt + jwks-rsa';
