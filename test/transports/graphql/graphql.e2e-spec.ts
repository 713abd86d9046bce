import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthEvents, type DeniedEvent, TenantContext } from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { itBehaves, type Presented, TransportBed } from '../transport-bed.js';
import {
  type GraphqlResult,
  headersOf,
  outcomeOf,
  query,
  type RunningGraphql,
  SERVERS,
  startGraphql,
} from './graphql-bed.js';
import { Postbox } from './postbox.js';

const NOT_RECORDED = { code: 'permission_denied', decisionId: expect.any(String) };
const rootOf = (operation: string) => (operation === 'write' ? 'mutation' : 'query');
const textOf = (operation: string) => `${rootOf(operation)} { ${operation} { user tenant } }`;

describe.each(SERVERS)('$name', (server) => {
  let bed: TransportBed;
  let running: RunningGraphql;
  const clients: Client[] = [];
  beforeAll(async () => {
    bed = await TransportBed.start();
    running = await startGraphql(server, { ...bed.options(), transports: [graphql()] });
    await bed.revoke();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });
  afterAll(async () => {
    await running.app.close();
    await bed.stop();
  });

  describe('the behaviour table over HTTP', () => {
    itBehaves(
      () => bed,
      async (operation, presented) =>
        outcomeOf(operation, await query(running, textOf(operation), headersOf(presented))),
    );
  });

  describe('the behaviour table over a socket', () => {
    itBehaves(
      () => bed,
      async (operation, presented) =>
        outcomeOf(operation, await once(connect(headersOf(presented)), textOf(operation))),
    );
  });

  it('denies with the headers of HTTP, too, and tells what was asked for', async () => {
    const heard: DeniedEvent[] = [];
    const stop = running.app.get(AuthEvents).on('denied', (event) => heard.push(event));
    const { response, errors } = await query(running, textOf('closed'), {});
    stop();
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(response.headers.get('patronus-decision')).toBe(errors?.[0]?.extensions?.['decisionId']);
    expect(heard[0]).toMatchObject({ transport: 'graphql', method: 'QUERY', path: 'closed' });
    for (const answer of [
      await query(running, textOf('closed'), { authorization: 'DPoP a.b.c' }),
      await query(running, textOf('bound'), {}),
    ]) {
      expect(answer.response.headers.get('www-authenticate')).toMatch(/^DPoP .*algs="ES256 /);
    }
  });

  it('guards a field of a type that a public query answers', async () => {
    const text = '{ note(id: "n-1") { id text } }';
    const refused = await query(running, text, {});
    expect(refused.errors?.[0]).toMatchObject({
      path: ['note', 'text'],
      extensions: { code: 'token_missing' },
    });
    expect((await query(running, '{ note(id: "n-1") { id } }', {})).data).toEqual({
      note: { id: 'n-1' },
    });
    const answer = await query(running, text, headersOf(bed.presentedBy('reader')));
    expect(answer.data).toEqual({ note: { id: 'n-1', text: 'n-1 of norte' } });
  });

  it('keeps a hundred callers of two tenants apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const caller = index % 2 === 0 ? 'reader' : 'doctor';
        const headers = headersOf(bed.presentedBy(caller));
        const text = `{ later(ms: ${1 + (index % 5)}) closed { tenant } }`;
        return [caller, (await query(running, text, headers)).data] as const;
      }),
    );
    for (const [index, [caller, data]] of answers.entries()) {
      const tenant = caller === 'reader' ? 'norte' : 'sur';
      expect(data).toEqual({ later: 1 + (index % 5), closed: { tenant } });
    }
  });

  it('lets a subscription hear its own tenant alone', async () => {
    const letters = subscribe(bed.presentedBy('reader'));
    const first = letters.next();
    await posted('sur', 'norte');
    expect((await first).value).toEqual({ data: { posted: 'norte: hello' } });
    await letters.return?.();
  });

  it('runs filter and resolve of a subscription as its subscriber', async () => {
    const postbox = running.app.get(Postbox);
    const [norte, sur] = (['reader', 'doctor'] as const).map((caller) =>
      subscribe(bed.presentedBy(caller), 'subscription { heard }'),
    );
    const both = [norte?.next(), sur?.next()];
    while (postbox.listeners < 2) await new Promise((resolve) => setImmediate(resolve));
    // As a service of another tenant's request would.
    const tenant = running.app.get(TenantContext);
    for (const to of ['este', 'sur', 'norte']) {
      tenant.run('este', () => postbox.postToAll({ tenant: to, text: `to ${to}` }));
    }
    expect((await Promise.all(both)).map((one) => one?.value)).toEqual([
      { data: { heard: 'to norte for reader of norte' } },
      { data: { heard: 'to sur for doctor of sur' } },
    ]);
    for (const one of [norte, sur]) await one?.return?.();
  });

  it.each([
    ['nobody', 'token_missing'],
    ['forged', 'token_invalid'],
    ['of no tenant', 'tenant_required'],
    ['with a scope', 'permission_denied'],
    ['for another tenant', 'tenant_mismatch'],
  ] as const)('refuses a subscription %s', async (caller, code) => {
    const result = await once(
      connect(headersOf(bed.presentedBy(caller))),
      'subscription { posted }',
    );
    expect(result.errors?.[0]?.extensions).toMatchObject({ code });
  });

  it('closes a socket whose credential has been revoked or has expired', async () => {
    const own = await TransportBed.start();
    const options = { ...own.options(), transports: [graphql({ recheck: 1 })] };
    const short = await startGraphql(server, options);
    try {
      const client = connect(headersOf(own.presentedBy('revoked')), short.url);
      const closed = closing(client);
      const heard: DeniedEvent[] = [];
      short.app.get(AuthEvents).on('denied', (event) => heard.push(event));
      expect(await once(client, 'query { anywhere { user } }')).toHaveProperty('data');
      await own.revoke();
      expect(await closed).toBeGreaterThan(1000);
      expect(heard[0]).toMatchObject({ method: 'CONNECT', code: 'token_revoked', user: 'revoked' });
      const token = await own.issuer.token(
        { sub: 'brief', empresa_id: 'norte' },
        { expiresIn: -3 },
      );
      const brief = connect({ authorization: `Bearer ${token}` }, short.url);
      const expired = closing(brief);
      expect(await once(brief, 'query { anywhere { user } }')).toHaveProperty('data');
      expect(await expired).toBeGreaterThan(1000);
    } finally {
      await short.app.close();
      await own.stop();
    }
  });

  it('denies what cannot be recorded, and runs nothing', async () => {
    const stop = running.app.get(AuthEvents).on('allowed', ({ path }) => {
      if (path === 'posted' || path === 'closed') throw new Error('disk full');
    });
    const headers = headersOf(bed.presentedBy('reader'));
    const denied = [expect.objectContaining({ extensions: expect.objectContaining(NOT_RECORDED) })];
    expect((await query(running, '{ closed { user } }', headers)).errors).toEqual(denied);
    expect((await once(connect(headers), 'subscription { posted }')).errors).toEqual(denied);
    stop();
    expect((await query(running, '{ closed { user } }', headers)).errors).toBeUndefined();
  });

  it('lets a page say nothing of itself in connection_init', async () => {
    const socket = connect({ ...headersOf(bed.presentedBy('reader')), cookie: 'a=b', origin: 'x' });
    expect(outcomeOf('closed', await once(socket, textOf('closed')))).toEqual({
      answer: { user: 'reader', tenant: 'norte' },
    });
  });

  it('refuses two credentials', async () => {
    const headers = headersOf(bed.presentedBy('reader'));
    const client = connect(headers, running.url, headers);
    expect(outcomeOf('closed', await once(client, textOf('closed')))).toMatchObject({
      code: 'invalid_request',
    });
  });

  it('does not start where a field has a rule that nobody would ask for', async () => {
    const options = { ...bed.options(), transports: [graphql()] };
    await expect(startGraphql(server, options, {})).rejects.toThrow(
      /NoteResolver\.text would be resolved without its rule.*fieldResolverEnhancers/,
    );
  });

  it('denies everything where graphql() is not listed', async () => {
    const bare = await startGraphql(server, bed.options());
    const { errors } = await query(bare, textOf('open'), {});
    await bare.app.close();
    expect(errors).toHaveLength(1);
  });

  function connect(
    connectionParams: Record<string, string>,
    url = running.url,
    headers: Record<string, string> = {},
  ): Client {
    class Socket extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { headers });
      }
    }
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: Socket,
      connectionParams,
      retryAttempts: 0,
      lazyCloseTimeout: 3_000,
    });
    clients.push(client);
    return client;
  }

  function subscribe(
    presented: Presented,
    text = 'subscription { posted }',
  ): AsyncIterableIterator<unknown> {
    return connect(headersOf(presented)).iterate({ query: text });
  }

  /** Posts until there are subscribers of the tenants, in their order. */
  async function posted(...tenants: string[]): Promise<void> {
    const postbox = running.app.get(Postbox);
    const last = tenants.at(-1) ?? '';
    while (!postbox.post(last, 'hello')) await new Promise((resolve) => setImmediate(resolve));
  }
});

/** Returns the first answer of an operation over a socket. */
function once(client: Client, text: string): Promise<GraphqlResult> {
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query: text },
      {
        next: (result) => resolve(JSON.parse(JSON.stringify(result))),
        error: (error) =>
          Array.isArray(error)
            ? resolve(JSON.parse(JSON.stringify({ errors: error })))
            : reject(error instanceof Error ? error : new Error(JSON.stringify(error))),
        complete: () => {},
      },
    );
  });
}

/** Returns the code that a socket is closed with. */
function closing(client: Client): Promise<number> {
  return new Promise((resolve) => {
    client.on('closed', (event) => {
      resolve(typeof event === 'object' && event !== null ? Number(Reflect.get(event, 'code')) : 0);
    });
  });
}
