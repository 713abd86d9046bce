import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq, isNull } from 'drizzle-orm';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import { IssuedTokens } from '../../../apps/auth-server/src/oauth/store/issued-tokens.js';
import { until } from '../../environment/until.js';
import { STORAGES } from '../support/platform-storage.js';
import { EventReader, requestEvents } from './event-reader.js';
import { StreamBed } from './stream-bed.js';

const UUID = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
const CURSOR = expect.stringMatching(/^\d+\.[\da-f-]{36}$/);

describe.each(STORAGES)('the event stream on %s', (storage) => {
  let bed: StreamBed;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    bed = await StreamBed.start({ storage });
  });
  afterAll(async () => {
    for (const reader of readers) await reader.close();
    await bed.close();
  });

  const read = async (cursor?: string): Promise<EventReader> => {
    const reader = await bed.read(cursor);
    readers.push(reader);
    return reader.ready();
  };
  /** The cursor of an event, once it has one. */
  const cursorAfter = async (reader: EventReader, session: string): Promise<string> => {
    const numbered = () => reader.about(session).find(({ id }) => id !== undefined)?.id;
    await until(true, () => numbered() !== undefined);
    return numbered()!;
  };

  it('begins with a reset, for a receiver without a cursor', async () => {
    const reader = await read();
    expect(reader.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(reader.headers.get('cache-control')).toBe('no-store');
    expect(reader.headers.get('x-accel-buffering')).toBe('no');
    expect(reader.text).toMatch(/^retry: 1000\n\nevent: reset\nid: \S+\ndata: \{\}\n\n/);
    expect(reader.types.at(-1)).toBe('ready');
    expect(reader.events.at(0)).toEqual({ event: 'reset', id: expect.any(String), data: {} });
    expect(reader.events.at(-1)).toEqual({ event: 'ready', id: expect.any(String), data: {} });
  });

  it('tells an event at its commit, and again with its cursor', async () => {
    const reader = await read();
    const session = randomUUID();
    await bed.record(session);
    await cursorAfter(reader, session);
    const [announced, repeated, ...more] = reader.about(session);
    expect(announced).toEqual({
      event: 'session.ended',
      id: undefined,
      data: {
        id: UUID,
        type: 'session.ended',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        subject: { type: 'session', id: session },
        organization: null,
        payload: { account: UUID },
      },
    });
    expect(repeated).toEqual({ ...announced, id: CURSOR });
    expect(more).toEqual([]);
    expect(reader.text).toContain(`id: ${repeated?.id}\nevent: session.ended\ndata: {"id":`);
  });

  it('says every 300 ms that nothing was missed', async () => {
    const reader = await read();
    await until(true, () => reader.comments >= 3);
    expect(reader.text).toContain('\n\n: heartbeat\n\n');
  });

  it('continues after the cursor, and misses nothing', async () => {
    const first = await read();
    const sessions = Array.from({ length: 30 }, () => randomUUID());
    await bed.record(sessions[0]!);
    const cursor = await cursorAfter(first, sessions[0]!);
    await first.close();
    for (const session of sessions.slice(1)) await bed.record(session);
    const second = await read(cursor);
    await cursorAfter(second, sessions.at(-1)!);
    expect(second.types).not.toContain('reset');
    const numbered = second.events.filter(({ id, event }) => id !== undefined && event !== 'ready');
    expect(numbered.map(({ data }) => data.subject?.id)).toEqual(sessions.slice(1));
    const numbers = numbered.map(({ id }) => Number(id?.split('.')[0]));
    expect(numbers).toEqual(numbers.map((_, index) => Number(cursor.split('.')[0]) + 1 + index));
  });

  it('misses nothing if events are committed while receivers come and go', async () => {
    const watcher = await read();
    const before = randomUUID();
    await bed.record(before);
    let cursor = await cursorAfter(watcher, before);
    const sessions = Array.from({ length: 60 }, () => randomUUID());
    const heard = new Set<string | undefined>();
    const progress = { isDone: false };
    const writing = (async () => {
      for (const session of sessions) await bed.record(session);
      progress.isDone = true;
    })();
    const token = await bed.token();
    while (!progress.isDone || !heard.has(sessions.at(-1))) {
      const reader = await (await EventReader.open(bed.url, token, cursor)).ready();
      await reader.close();
      // Only what comes before the cursor counts: the rest is told again.
      const last = reader.events.findLastIndex(({ id }) => id !== undefined);
      const kept = reader.events.slice(0, last + 1).filter(({ id }) => id !== undefined);
      for (const { data } of kept) heard.add(data.subject?.id);
      cursor = reader.cursor ?? cursor;
    }
    await writing;
    expect(sessions.filter((session) => !heard.has(session))).toEqual([]);
  });

  it.each([
    ['of another database', `3.${randomUUID()}`],
    ['from the future', `900000000.${randomUUID()}`],
    ['that is none', 'seventeen'],
    ['of an empty outbox', '0.none'],
    ['that is too long', '9'.repeat(40)],
  ])('begins with a reset for a cursor %s', async (_what, cursor) => {
    const reader = await read(cursor);
    expect(reader.types[0]).toBe('reset');
  });

  it('begins with a reset for a cursor whose events were removed', async () => {
    const first = await read();
    const [old, removed, later] = [randomUUID(), randomUUID(), randomUUID()];
    await bed.record(old, removed, later);
    const cursor = await cursorAfter(first, old);
    const last = await cursorAfter(first, later);
    const gone = first.about(removed)[0]?.data.id ?? '';
    await bed.database.db.delete(outbox).where(eq(outbox.id, gone));
    expect((await read(cursor)).types[0]).toBe('reset');
    expect((await read(last)).types[0]).toBe('ready');
  });

  it('repeats the revocations in force after a reset', async () => {
    const { session } = await bed.signedIn();
    const other = await bed.signedIn();
    await bed.endSession(session);
    const jti = randomUUID();
    const expiresAt = new Date(bed.oauth.clock.now().getTime() + 60_000);
    const old = new Date(bed.oauth.clock.now().getTime() - 3_600_000);
    const issued = bed.oauth.app.get(IssuedTokens, { strict: false });
    await issued.revoke([
      { id: jti, expiresAt },
      { id: `${jti}-old`, expiresAt: old },
    ]);
    // Events without a number yet are repeated, too.
    await until(0, () => bed.database.db.$count(outbox, isNull(outbox.seq)));
    const inForce = (reader: EventReader) =>
      reader.events.slice(0, reader.types.indexOf('ready')).filter(({ id }) => id === undefined);
    const told = inForce(await read());
    expect(told.map(({ data }) => data.subject)).toEqual(
      expect.arrayContaining([
        { type: 'session', id: session },
        { type: 'token', id: jti },
      ]),
    );
    const names = told.map(({ data }) => data.subject?.id);
    expect(names).not.toContain(other.session);
    expect(names).not.toContain(`${jti}-old`);
    const again = inForce(await read());
    expect(again.map(({ data }) => data.id)).toEqual(told.map(({ data }) => data.id));
    expect(told.every(({ data }) => data.at !== undefined)).toBe(true);
  });

  it('is not opened by HEAD', async () => {
    const answer = await fetch(new URL('/api/v1/events', bed.url), {
      method: 'HEAD',
      headers: { authorization: `Bearer ${await bed.token()}` },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBeNull();
  });

  it('is described by the documentation', async () => {
    const { body } = await bed.oauth.platform.api('GET', '/docs/json');
    const { get, head } = body.paths['/api/v1/events'];
    expect(Object.keys(get.responses['200'].content)).toEqual(['text/event-stream']);
    expect(head).toBeUndefined();
  });

  it('counts the open streams in a metric', async () => {
    const gauge = async () => {
      const { body } = await bed.oauth.platform.api('GET', '/metrics');
      return Number(/^patronus_event_streams (\d+)$/m.exec(body)?.[1]);
    };
    await until(0, async () => {
      for (const reader of readers.splice(0)) await reader.close();
      return gauge();
    });
    await read();
    await read();
    expect(await gauge()).toBe(2);
  });

  it('is no request whose duration is measured, unless it is refused', async () => {
    const reader = await read();
    await reader.close();
    expect((await requestEvents(bed.url, undefined)).status).toBe(401);
    const measured = async () => {
      const { body } = await bed.oauth.platform.api('GET', '/metrics');
      const counts: string[] = body.match(/^http_request_duration_seconds_count.*$/gm);
      const ofStream = counts.filter((line) => line.includes('"GET",route="/api/v1/events"'));
      return ofStream.map((line) => /status="(\d+)"/.exec(line)?.[1]);
    };
    await until(true, async () => (await measured()).includes('401'));
    expect(await measured()).not.toContain('200');
  });
});
