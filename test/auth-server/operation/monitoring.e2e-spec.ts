import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { EVENT_TYPES } from '../../../apps/auth-server/src/events/catalogue.js';
import { logIn, PASSWORD, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const RULES = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const DASHBOARD = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })),
});

const rules = RULES.parse(parse(read('apps/auth-server/monitoring/alerts.yaml'))).groups.flatMap(
  (group) => group.rules,
);
const panels = DASHBOARD.parse(
  JSON.parse(read('apps/auth-server/monitoring/dashboard.json')),
).panels;
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
];
const metricsIn = (text: string) => text.match(/\b(?:http|patronus|process|nodejs)_\w+/g) ?? [];
const page = read('docs/platform/metrics.md');

describe('monitoring', () => {
  let bed: PlatformBed;
  let names: ReadonlySet<string>;
  let body: string;

  beforeAll(async () => {
    bed = await PlatformBed.start();
    const email = await registered(bed);
    await logIn(bed, email);
    await logIn(bed, email, `no ${PASSWORD}`);
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    ({ body } = await bed.api('GET', '/metrics'));
    names = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
  });
  afterAll(() => bed.close());

  it('names metrics that exist, in rules, on the dashboard and in the docs', () => {
    const named = new Set([...expressions, page].flatMap(metricsIn));
    named.delete('process_');
    named.delete('nodejs_');
    expect(named.size).toBeGreaterThan(10);
    const unknown = [...named].filter(
      (name) => !names.has(name.replace(/_(?:bucket|count|sum)$/, '')) && !names.has(name),
    );
    expect(unknown).toEqual([]);
  });

  it('names types of events that exist', () => {
    const types = expressions
      .flatMap((text) => [...text.matchAll(/\btype=~?"([^"]+)"/g)])
      .flatMap(([, list = '']) => list.split('|'));
    expect(types).toContain('sign_in.locked');
    for (const type of types) expect(Object.keys(EVENT_TYPES)).toContain(type);
  });

  it('has each metric of the platform in the docs, and each target in a rule', () => {
    const own = [...names].filter((name) => name.startsWith('patronus_'));
    expect(own.length).toBeGreaterThan(8);
    for (const name of own) expect(page).toContain(`| \`${name}\``);
    const alerts = rules.map(({ alert }) => alert);
    const inDocs = page.match(/\bPatronus[A-Z]\w+/g) ?? [];
    expect(alerts).toEqual(expect.arrayContaining([...inDocs]));
  });

  it('counts each stage of registration, reset and sign-in', () => {
    for (const [type, outcome] of [
      ['account.registered', 'success'],
      ['account.verified', 'success'],
      ['recovery.requested', 'success'],
      ['sign_in.succeeded', 'success'],
      ['sign_in.failed', 'failure'],
    ]) {
      expect(body).toContain(`patronus_events_total{type="${type}",outcome="${outcome}"} 1\n`);
    }
  });

  it('measures keys, mails and connections', () => {
    expect(body).toMatch(/^patronus_signing_key_age_seconds \d/m);
    expect(body).toMatch(/^patronus_mails_given_up 0$/m);
    expect(body).toMatch(/^patronus_database_connections_open [1-9]/m);
    expect(body).toMatch(/^patronus_database_connections_awaited 0$/m);
  });
});
