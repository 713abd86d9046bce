import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { OAUTH_LIMITS } from '../../../apps/auth-server/src/oauth/oauth.module.js';
import { OIDC_ROUTES } from '../../../apps/auth-server/src/oauth/provider/routes.js';
import { RATE_LIMIT } from '../../../apps/auth-server/src/operation/limits/rate-limit.guard.js';
import {
  RATE_LIMITS,
  type RateLimitPolicy,
} from '../../../apps/auth-server/src/operation/limits/rate-limit.policies.js';
import { ROOT } from '../../docs/markdown-page.js';
import { PlatformBed } from '../support/platform-bed.js';

const PAGE = readFileSync(join(ROOT, 'docs/platform/limits.md'), 'utf8');

/** The rows of the table below a heading of the page, without marks of code. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = PAGE.split(`## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  const lines = body.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** A quota in the words of the page: `60 in 1 minute`. */
function quotaText(quota: RateLimitPolicy['address']): string {
  if (quota === undefined) return '';
  const minutes = quota.seconds / 60;
  const time = minutes === 60 ? '1 hour' : `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `${quota.points.toLocaleString('en')} in ${time}`;
}

describe('the limits of routes', () => {
  let bed: PlatformBed;
  /** Every route with its limits. */
  const routes = new Map<string, readonly string[]>();

  beforeAll(async () => {
    bed = await PlatformBed.start({ environment: { DATABASE_URL: '', REDIS_URL: '' } });
    const scanner = new MetadataScanner();
    for (const module of bed.app.get(ModulesContainer).values()) {
      for (const { metatype } of module.controllers.values()) {
        const prototype: object = Object(metatype).prototype;
        for (const name of scanner.getAllMethodNames(prototype)) {
          const handler: object = Reflect.get(prototype, name);
          const method: unknown = Reflect.getMetadata('method', handler);
          if (typeof method !== 'number') continue;
          const prefix: unknown = Reflect.getMetadata('path', Object(metatype));
          const path: unknown = Reflect.getMetadata('path', handler);
          const whole = `/${String(prefix)}/${String(path)}`.replaceAll(/\/+/g, '/');
          const route = `${RequestMethod[method]} ${whole.replace(/(?<=.)\/$/, '')}`;
          routes.set(route, Reflect.getMetadata(RATE_LIMIT, handler) ?? []);
        }
      }
    }
    for (const path of Object.values(OIDC_ROUTES)) {
      const limit = OAUTH_LIMITS[path];
      routes.set(path, limit === undefined ? [] : [limit]);
    }
  });
  afterAll(() => bed.close());

  it('are on one page, which names each route once', () => {
    const limited = tableBelow('Limited routes').map(([route = '', limits = '']) => [
      route,
      limits.split(', '),
    ]);
    const others = tableBelow('Other routes').map(([route = '']) => [route, []]);
    const documented = [...limited, ...others];
    expect(documented).toHaveLength(routes.size);
    expect(documented).toEqual(expect.arrayContaining([...routes]));
  });

  it('have a reason where there is none', () => {
    const reasons = tableBelow('Other routes').map(([, reason = '']) => reason);
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((reason) => reason.length < 15)).toEqual([]);
  });

  it('have the numbers of the page', () => {
    const numbers = Object.entries(RATE_LIMITS).map(
      ([name, { address, account, mails }]: [string, RateLimitPolicy]) => [
        name,
        quotaText(address),
        quotaText(account),
        quotaText(mails),
      ],
    );
    expect(tableBelow('Numbers')).toEqual(numbers);
  });
});
