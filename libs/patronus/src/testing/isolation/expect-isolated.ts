import { randomUUID } from 'node:crypto';
import { Server } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { applicationRoutes } from './application-routes.js';
import { IsolationClient, parametersOf, type Seen } from './isolation-client.js';
import {
  checkPlan,
  nameOf,
  type IsolationPlan,
  type IsolationRoute,
  type IsolationTenant,
} from './isolation-plan.js';

/** Summary of the checks. */
export interface IsolationReport {
  readonly routes: number;
  readonly requests: number;
}

/**
 * Proves that neither of two tenants reads, changes, deletes or guesses data of the other.
 *
 * For each route and in both directions: the answer to a tenant's own caller holds no mark of the
 * other tenant; the other's resource is refused with the same answer as a resource that does not
 * exist; a header that names the other tenant is refused; and after all attempts, and all writes of
 * the first tenant, the other's data is unchanged.
 *
 * @throws {PatronusConfigurationError} if the plan has a member that does not exist
 * @throws {Error} that lists every breach, and every route that proves nothing
 * @example
 * await expectIsolated(app, {
 *   tenants: [
 *     { id: 'norte', headers: { authorization: `Bearer ${ana}` }, params: { id: 'p-1' }, marks: ['Ana Ruiz'] },
 *     { id: 'sur', headers: { authorization: `Bearer ${olga}` }, params: { id: 'p-9' }, marks: ['Elsa Prieto'] },
 *   ],
 *   routes: [{ method: 'GET', path: '/patients' }, { method: 'GET', path: '/patients/:id' }],
 * });
 */
export async function expectIsolated(
  app: INestApplication,
  plan: IsolationPlan,
): Promise<IsolationReport> {
  checkPlan(plan);
  const proof = new IsolationProof(plan, await urlOf(app));
  if (plan.except !== undefined) {
    proof.requireAll(applicationRoutes(app), plan.except);
    proof.report();
  }
  await proof.run();
  return proof.report();
}

async function urlOf(app: INestApplication): Promise<string> {
  const server: unknown = app.getHttpServer();
  if (!(server instanceof Server) || !server.listening) await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

class IsolationProof {
  private readonly breaches: string[] = [];
  private readonly client: IsolationClient;
  private readonly reads: readonly IsolationRoute[];

  constructor(
    private readonly plan: IsolationPlan,
    url: string,
  ) {
    this.client = new IsolationClient(url, plan.tenantHeader);
    this.reads = plan.routes.filter(({ method }) => method === 'GET');
  }

  requireAll(existing: readonly string[], except: Readonly<Record<string, string>>): void {
    const covered = new Set([...this.plan.routes.map(nameOf), ...Object.keys(except)]);
    for (const name of existing) {
      if (!covered.has(name)) this.fail(name, 'stands neither in routes nor in except');
    }
  }

  async run(): Promise<void> {
    const [one, other] = this.plan.tenants;
    const before = [await this.prove(one, other), await this.prove(other, one)];
    for (const route of this.plan.routes) {
      await this.intrude(one, other, route);
      await this.intrude(other, one, route);
    }
    await this.compare([one, other], before, 'the attempts of the other tenant');
    await this.write(one, other);
    await this.write(other, one);
  }

  report(): IsolationReport {
    if (this.breaches.length === 0) {
      return { routes: this.plan.routes.length, requests: this.client.requests };
    }
    const list = this.breaches.map((breach) => `  - ${breach}`).join('\n');
    throw new Error(`The tenants are not isolated:\n${list}`);
  }

  /**
   * Makes the first read, which must succeed and show data. Otherwise the checks after it prove
   * nothing.
   */
  private async prove(reader: IsolationTenant, other: IsolationTenant): Promise<Seen[]> {
    const seen = await this.readAll(reader, other);
    for (const [index, { status }] of seen.entries()) {
      const route = this.reads[index];
      if (route !== undefined) this.requireSuccess(route, reader, status);
    }
    const marked = seen.some(({ text }) => reader.marks.some((mark) => text.includes(mark)));
    if (!marked) this.breaches.push(`no route shows a mark of ${reader.id}: nothing is proven`);
    return seen;
  }

  /** Makes every read of `reader`'s own data, which must hold nothing of `other`. */
  private async readAll(reader: IsolationTenant, other: IsolationTenant): Promise<Seen[]> {
    const all: Seen[] = [];
    for (const route of this.reads) {
      const seen = await this.client.ask(reader, route, own(reader, route));
      this.refuseMarks(route, reader, other, seen.text);
      all.push(seen);
    }
    return all;
  }

  private requireSuccess(route: IsolationRoute, caller: IsolationTenant, status: number): void {
    if (status < 300) return;
    this.fail(route, `proves nothing: ${caller.id} gets ${status} from it`);
  }

  private async intrude(
    caller: IsolationTenant,
    victim: IsolationTenant,
    route: IsolationRoute,
  ): Promise<void> {
    const names = parametersOf(route.path);
    if (names.length > 0) {
      const params = own(victim, route);
      const unknown = Object.fromEntries(names.map((name) => [name, randomUUID()]));
      const theirs = await this.client.ask(caller, route, params);
      const nobodys = await this.client.ask(caller, route, unknown);
      if (theirs.status !== 404 && theirs.status !== 403) {
        this.fail(route, `${caller.id} gets ${theirs.status} for a resource of ${victim.id}`);
      } else if (isTold(theirs, params, nobodys, unknown)) {
        this.fail(route, `tells ${caller.id} that a resource of ${victim.id} exists`);
      }
      this.refuseMarks(route, caller, victim, theirs.text, Object.values(params));
    }
    if (this.plan.tenantHeader === undefined) return;
    const { status, text } = await this.client.ask(caller, route, own(caller, route), victim.id);
    if (status !== 403) {
      this.fail(route, `${caller.id} gets ${status} with the header of ${victim.id}`);
    }
    this.refuseMarks(route, caller, victim, text);
  }

  /** Calls the routes that write, as they are meant to be used: deletions last. */
  private async write(writer: IsolationTenant, other: IsolationTenant): Promise<void> {
    const before = [await this.readAll(other, writer)];
    const writes = this.plan.routes
      .filter(({ method }) => method !== 'GET')
      .toSorted((one, two) => Number(one.method === 'DELETE') - Number(two.method === 'DELETE'));
    for (const route of writes) {
      const { status, text } = await this.client.ask(writer, route, own(writer, route));
      this.requireSuccess(route, writer, status);
      this.refuseMarks(route, writer, other, text);
    }
    await this.compare([other], before, `the writes of ${writer.id}`);
  }

  private async compare(
    readers: readonly IsolationTenant[],
    before: readonly (readonly Seen[])[],
    cause: string,
  ): Promise<void> {
    const [one, two] = this.plan.tenants;
    for (const [index, reader] of readers.entries()) {
      const now = await this.readAll(reader, reader === one ? two : one);
      if (JSON.stringify(now) === JSON.stringify(before[index])) continue;
      this.breaches.push(`the data of ${reader.id} changed through ${cause}`);
    }
  }

  private refuseMarks(
    route: IsolationRoute,
    reader: IsolationTenant,
    other: IsolationTenant,
    text: string,
    sent: readonly string[] = [],
  ): void {
    for (const mark of other.marks) {
      if (text.includes(mark) && !sent.includes(mark)) {
        this.fail(route, `shows ${JSON.stringify(mark)} of ${other.id} to ${reader.id}`);
      }
    }
  }

  private fail(route: IsolationRoute | string, problem: string): void {
    this.breaches.push(`${typeof route === 'string' ? route : nameOf(route)}: ${problem}`);
  }
}

function own(tenant: IsolationTenant, route: IsolationRoute): Readonly<Record<string, string>> {
  return { ...tenant.params, ...route.params?.[tenant.id] };
}

/**
 * Returns true if an answer differs from that for a missing resource, beyond the ids that were
 * sent.
 */
function isTold(
  theirs: Seen,
  params: Readonly<Record<string, string>>,
  nobodys: Seen,
  unknown: Readonly<Record<string, string>>,
): boolean {
  return (
    theirs.status !== nobodys.status ||
    without(theirs.text, params) !== without(nobodys.text, unknown)
  );
}

function without(text: string, params: Readonly<Record<string, string>>): string {
  return Object.values(params).reduce((rest, value) => rest.replaceAll(value, '…'), text);
}
