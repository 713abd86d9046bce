import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PlatformMetrics } from '../../../apps/auth-server/src/operation/metrics/metrics.js';
import { Readiness } from '../../../apps/auth-server/src/operation/health/health.controller.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { Outbox } from '../../../apps/auth-server/src/notifications/mail-queue.js';
import { mailDraft } from '../support/mail-draft.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const ORIGIN = 'https://app.example.com';

describe.each(STORAGES)('the operation of the platform on %s', (storage) => {
  let bed: PlatformBed;

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage, environment: { CORS_ORIGINS: ORIGIN } });
  });
  afterAll(() => bed.close());

  it('reports liveness, readiness and their checks', async () => {
    const live = await bed.api('GET', '/health/live');
    expect([live.status, live.body]).toEqual([200, { status: 'ok' }]);
    const ready = await bed.api('GET', '/health/ready');
    expect(ready.status).toBe(200);
    expect(Object.keys(ready.body.details).toSorted()).toEqual(['database', 'keys', 'limits']);
  });

  it('puts the headers of safety on every answer', async () => {
    for (const path of ['/api/v1/me', '/nowhere', '/health/live', '/oauth/token']) {
      const { headers } = await bed.api('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
      // The issuer of a test is http.
      expect(headers.get('strict-transport-security')).toBeNull();
    }
    expect((await bed.api('GET', '/api/v1/me')).headers.get('cache-control')).toBe('no-store');
    expect((await bed.api('GET', '/oauth/jwks')).headers.get('cache-control')).not.toBe('no-store');
  });

  it('names each request, as its caller does where the name is sane', async () => {
    const name = async (id: string) =>
      (await fetch(`${bed.url}/health/live`, { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await name('caller-1234')).toBe('caller-1234');
    for (const insane of ['short', 'a'.repeat(65), '<script>alert(1)</script>', 'with space']) {
      expect(await name(insane)).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it('lets the named origins ask the API without cookies, and no other', async () => {
    const ask = (path: string, origin: string) =>
      fetch(bed.url + path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const { headers } = await ask('/api/v1/auth/login', ORIGIN);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    for (const [path, origin] of [
      ['/api/v1/auth/login', 'https://evil.example'],
      ['/api/v1/auth/login', 'null'],
      ['/health/live', ORIGIN],
      ['/metrics', ORIGIN],
    ] as const) {
      const other = await ask(path, origin);
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('measures requests by route, and never by path', async () => {
    for (const path of ['/nowhere/1', '/nowhere/2', '/oauth/nowhere', '/oauth/jwks?x=1']) {
      await bed.api('GET', path);
    }
    await bed.api('GET', '/health/live');
    const { status, body, headers } = await bed.api('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('route="/health/live",status="200"');
    expect(body).toContain('route="/oauth/jwks",status="200"');
    expect(body).toContain('route="none",status="404"');
    expect(body).not.toContain('nowhere');
    expect(body).toContain('process_cpu_user_seconds_total');
  });

  it('counts logins and tokens for other rooms, and what waits in the queues', async () => {
    const metrics = bed.app.get(PlatformMetrics, { strict: false });
    metrics.logins.inc({ outcome: 'invalid_credentials' }, 3);
    metrics.tokens.inc({ kind: 'access' });
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    await bed.app.get(Outbox, { strict: false }).put(db, mailDraft('there'));
    const { body } = await bed.api('GET', '/metrics');
    expect(body).toMatch(/^patronus_logins_total\{outcome="invalid_credentials"\} 3$/m);
    expect(body).toMatch(/^patronus_tokens_issued_total\{kind="access"\} 1$/m);
    expect(body).toMatch(/^patronus_hashes_running 0$/m);
    expect(body).toMatch(/^patronus_hashes_waiting 0$/m);
    expect(body).toMatch(/^patronus_mails_waiting 1$/m);
  });

  it('shows unsent mails in development, to this machine only', async () => {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const outbox = bed.app.get(Outbox, { strict: false });
    await outbox.put(db, mailDraft('one', 'Older'));
    bed.clock.advance(1);
    await outbox.put(db, mailDraft('https://x.example/', 'New <b>'));
    const list = await bed.api('GET', '/dev/mail');
    expect(list.status).toBe(200);
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(list.body).toContain('New &lt;b&gt;');
    expect(list.body.indexOf('New &lt;b&gt;')).toBeLessThan(list.body.indexOf('Older'));
    const [, path = ''] = /href="(\/dev\/mail\/[\w-]+)"/.exec(list.body) ?? [];
    expect((await bed.api('GET', path)).body).toContain('href="https://x.example/"');
    expect((await bed.api('GET', '/dev/mail/unknown')).status).toBe(404);
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }]) {
      expect((await fetch(`${bed.url}/dev/mail`, { headers })).status).toBe(404);
    }
  });

  it('shows no mails where others know the platform by a name', async () => {
    const named = await PlatformBed.start({ environment: { ISSUER: 'https://id.example.com' } });
    expect((await named.api('GET', '/dev/mail')).status).toBe(404);
    await named.close();
  });

  it('describes every route of the API, with a summary and a refusal', async () => {
    const { status, body } = await bed.api('GET', '/docs/json');
    expect(status).toBe(200);
    const { paths } = body as OpenAPIObject;
    const served = routesOf(bed).filter(
      ({ path, method }) => path.startsWith('/api') && method !== 'head',
    );
    expect(served.length).toBeGreaterThan(10);
    const wanting = served.filter(({ path, method }) => {
      const item: object | undefined = paths[path.replace(/:(\w+)/g, '{$1}')];
      const operation = Reflect.get(item ?? {}, method);
      const refusals = Object.keys(operation?.responses ?? {}).filter((code) =>
        code.startsWith('4'),
      );
      return !operation?.summary || refusals.length === 0;
    });
    expect(wanting).toEqual([]);
    expect(paths['/oauth/token']?.post?.requestBody).toBeDefined();
    expect(body.components.securitySchemes).toHaveProperty('bearer');
    for (const scheme of securityNamesIn(paths)) {
      expect(body.components.securitySchemes).toHaveProperty(scheme);
    }
  });

  it('serves the page of the description from here, under a policy', async () => {
    const page = await fetch(`${bed.url}/docs`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    const html = await page.text();
    const sources = [...html.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map(([, url]) => url!);
    const files = sources.filter((url) => /\.(?:js|css)$/.test(url));
    expect(files.length).toBeGreaterThan(2);
    for (const file of sources) {
      expect(file).not.toMatch(/^(?:https?:)?\/\//);
      expect((await fetch(new URL(file, `${bed.url}/`))).status).toBe(200);
    }
    expect(html).not.toMatch(/<script>|\son\w+=/);
  });

  it('is not ready once it is about to end', async () => {
    bed.app.get(Readiness, { strict: false }).leave();
    expect((await bed.api('GET', '/health/ready')).status).toBe(503);
    expect((await bed.api('GET', '/health/live')).status).toBe(200);
  });
});

/** The declared routes of Express. */
function routesOf({ app }: PlatformBed): { path: string; method: string }[] {
  const router = Reflect.get(Object(app.getHttpAdapter().getInstance()), 'router');
  const layers: { route?: { path: unknown; methods: Record<string, boolean> } }[] = router.stack;
  return layers.flatMap(({ route }) =>
    typeof route?.path === 'string'
      ? Object.keys(route.methods).map((method) => ({ path: String(route.path), method }))
      : [],
  );
}

function securityNamesIn(paths: OpenAPIObject['paths']): string[] {
  return Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap((operation: { security?: object[] }) =>
      (operation?.security ?? []).flatMap((requirement) => Object.keys(requirement)),
    ),
  );
}
