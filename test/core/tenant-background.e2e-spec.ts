import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post, Sse } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { createClient } from '@redis/client';
import { PatronusModule, TenantContext, TenantJobs } from '@patronus/nestjs';
import { Queue, Worker } from 'bullmq';
import { filter, interval, map, type Observable, Subject, take } from 'rxjs';
import { redisUrl } from '../environment/services.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';
import { until } from '../environment/until.js';

@Injectable()
class Cron {
  readonly seen: unknown[] = [];
  constructor(private readonly tenant: TenantContext) {}

  @Interval(5) tick(): void {
    if (this.seen.length > 2) return;
    this.seen.push(
      this.tenant.idOrNull,
      this.tenant.run('norte', () => this.tenant.id),
    );
    try {
      this.seen.push(this.tenant.id);
    } catch {
      this.seen.push('threw');
    }
  }
}

@Injectable()
class Ear {
  readonly heard: (string | null)[] = [];
  constructor(private readonly tenant: TenantContext) {}

  @OnEvent('patient.added') hear(): void {
    this.heard.push(this.tenant.idOrNull);
  }
}

interface Change {
  readonly tenant: string;
  readonly text: string;
}

@Controller()
class BackgroundController {
  readonly changes = new Subject<Change>();

  constructor(
    private readonly tenant: TenantContext,
    private readonly jobs: TenantJobs,
  ) {}

  @Sse('events') events(): Observable<{ data: string }> {
    return interval(2).pipe(
      take(5),
      map(() => ({ data: this.tenant.id })),
    );
  }
  @Sse('changes') ownChanges(): Observable<{ data: string }> {
    const { id } = this.tenant;
    return this.changes.pipe(
      filter(({ tenant }) => tenant === id),
      map(this.tenant.bind(({ text }: Change) => ({ data: `${this.tenant.id}: ${text}` }))),
      take(2),
    );
  }
  @Sse('shared') shared(): Observable<{ data: string }> {
    return this.changes.pipe(
      map(() => ({ data: this.tenant.id })),
      take(1),
    );
  }
  @Post('jobs') pack() {
    return this.jobs.pack({ patient: 7 });
  }
  @Get('tenant') id() {
    return { tenant: this.tenant.id };
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    EventEmitterModule.forRoot(),
    PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} }),
  ],
  controllers: [BackgroundController],
  providers: [Cron, Ear],
})
class BackgroundModule {}

let on: ListeningApp;
beforeAll(async () => {
  on = await listen(BackgroundModule, new ExpressAdapter());
});
afterAll(() => on.app.close());

const as = (tenant: string) => ({ authorization: `Bearer ana.${tenant}` });

describe('the tenant beside requests', () => {
  it('is not there in a scheduled task until the task runs in one', async () => {
    const { seen } = on.app.get(Cron);
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen.slice(0, 3)).toEqual([null, 'norte', 'threw']);
  });

  it('is the sender’s in a handler of events, and none where nobody’s work sent one', () => {
    const emitter = on.app.get(EventEmitter2);
    const tenant = on.app.get(TenantContext);
    for (const id of ['norte', 'sur']) tenant.run(id, () => emitter.emit('patient.added'));
    emitter.emit('patient.added');
    expect(on.app.get(Ear).heard).toEqual(['norte', 'sur', null]);
  });

  it('stays with each stream of Server-Sent Events', async () => {
    const tenants = Array.from({ length: 50 }, (_, index) => `clinic-${index}`);
    const streams = await Promise.all(
      tenants.map(async (tenant) =>
        (await fetch(`${on.url}/events`, { headers: as(tenant) })).text(),
      ),
    );
    for (const [index, text] of streams.entries()) {
      const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, value]) => value);
      expect(data).toEqual(Array.from({ length: 5 }, () => `clinic-${index}`));
    }
  });

  it('is the sender’s in what all streams share, unless the stream holds on to its own', async () => {
    const { changes } = on.app.get(BackgroundController);
    const tenant = on.app.get(TenantContext);
    const read = async (path: string) =>
      (await fetch(`${on.url}/${path}`, { headers: as('norte') })).text();
    const shared = read('shared');
    const own = read('changes');
    await until(true, () => changes.observers.length === 2);
    for (const about of ['sur', 'norte', 'sur', 'norte']) {
      tenant.run('sur', () => changes.next({ tenant: about, text: `of ${about}` }));
    }
    expect(await shared).toContain('data: sur\n');
    expect([...(await own).matchAll(/^data: (.*)$/gm)].map(([, data]) => data)).toEqual([
      'norte: of norte',
      'norte: of norte',
    ]);
  });

  it('travels inside a job, and a job without one does not run', async () => {
    const answer = await fetch(`${on.url}/jobs`, { method: 'POST', headers: as('norte') });
    const data: unknown = await answer.json();
    expect(data).toEqual({ patient: 7, patronusTenant: 'norte' });
    const jobs = on.app.get(TenantJobs);
    const tenant = on.app.get(TenantContext);
    const work = () => tenant.id;
    expect(jobs.run({ patronusTenant: 'sur' }, work)).toBe('sur');
    for (const bad of [{}, { patronusTenant: '' }, Object.create({ patronusTenant: 'sur' })]) {
      expect(() => Reflect.apply(jobs.run, jobs, [bad, work])).toThrow(
        expect.objectContaining({ code: 'tenant_required' }),
      );
    }
    expect(() => jobs.pack({})).toThrow(expect.objectContaining({ code: 'tenant_required' }));
  });
});

const redis = redisUrl();
const withRedis = redis === undefined ? describe.skip : describe;

withRedis('jobs of BullMQ', () => {
  it('run in the tenant that added them, many at once', async () => {
    const connections = [
      createClient({ url: redis ?? '' }),
      createClient({ url: redis ?? '' }),
    ] as const;
    for (const client of connections) await client.connect();
    const [connection, blocking] = connections;
    const name = `patronus-${randomUUID()}`;
    const tenant = on.app.get(TenantContext);
    const jobs = on.app.get(TenantJobs);
    const queue = new Queue(name, { connection });
    const seen = new Map<number, string>();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const worker = new Worker<{ index: number; patronusTenant: string }>(
      name,
      ({ data }) =>
        jobs.run(data, async ({ index }) => {
          await new Promise((wake) => setTimeout(wake, Math.random() * 5));
          seen.set(index, tenant.id);
          if (seen.size === 100) resolve();
        }),
      { connection: blocking, concurrency: 20 },
    );
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        tenant.run(`clinic-${index}`, () => queue.add('note', jobs.pack({ index }))),
      ),
    );
    await done;
    for (const [index, id] of seen) expect(id).toBe(`clinic-${index}`);
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
    for (const client of connections) if (client.isOpen) client.destroy();
  }, 20_000);
});
