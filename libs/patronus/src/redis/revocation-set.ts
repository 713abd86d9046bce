import { withinDeadline } from '../identity/deadline.js';
import type { RevocationEntry } from '../revocation/revocation-entry.js';
import { TIMEOUT_MS, type RedisConnection } from './redis-connection.js';
import { writeRecord } from './revocation-record.js';

/** Number of records in one page. */
const PAGE = 1000;
/** Time for which a record is kept after its expiry, in milliseconds, because clocks differ. */
const GRACE = 60 * 60 * 1000;

/** Removes expired records, adds records, and publishes each on the channel of the same name. */
const ADD = `redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
for i = 3, #ARGV, 2 do
  redis.call('zadd', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call(ARGV[2], KEYS[1], ARGV[i + 1])
end`;

/** Restores a record. Only one of the instances that know it publishes it again. */
const PUT_BACK = `if redis.call('zadd', KEYS[1], 'NX', ARGV[1], ARGV[2]) == 0 then return 0 end
return redis.call(ARGV[3], KEYS[1], ARGV[2])`;

/** Records of all instances in Redis: a sorted set, by the time at which each may be forgotten. */
export class RevocationSet {
  readonly #publish: 'publish' | 'spublish';

  constructor(
    private readonly key: string,
    isCluster: boolean,
  ) {
    this.#publish = isCluster ? 'spublish' : 'publish';
  }

  /**
   * Stores records and publishes them on the channel, a page at a time, each page atomically. Removes
   * expired records.
   *
   * @param added called after each page
   */
  async add(
    commands: RedisConnection,
    entries: readonly RevocationEntry[],
    added: (page: readonly RevocationEntry[]) => void,
  ): Promise<void> {
    for (let first = 0; first < entries.length; first += PAGE) {
      const page = entries.slice(first, first + PAGE);
      const records = page.flatMap((entry) => [String(entry.until), writeRecord(entry)]);
      const values = [String(Date.now() - GRACE), this.#publish, ...records];
      const sent = commands.send('EVAL', ADD, '1', this.key, ...values);
      await withinDeadline(sent, TIMEOUT_MS);
      added(page);
    }
  }

  /**
   * Passes on every record that exists when it is called, a page at a time, so that Redis serves
   * other commands in between. It then restores and publishes those of `known` that Redis has lost,
   * without waiting for that.
   */
  async read(
    commands: RedisConnection,
    known: readonly RevocationEntry[],
    hear: (record: string) => void,
  ): Promise<void> {
    const lost = new Map(known.map((entry) => [writeRecord(entry), entry.until]));
    let cursor = '0';
    do {
      const look = commands.send('ZSCAN', this.key, cursor, 'COUNT', String(PAGE));
      const page = readPage(await withinDeadline(look, TIMEOUT_MS));
      cursor = page.cursor;
      for (const record of page.records) {
        hear(record);
        lost.delete(record);
      }
    } while (cursor !== '0');
    // If this fails the connection fails, and the next one starts here again.
    this.#putBack(commands, [...lost]).catch(() => {});
  }

  async #putBack(
    commands: RedisConnection,
    lost: readonly (readonly [record: string, until: number])[],
  ): Promise<void> {
    for (let first = 0; first < lost.length; first += PAGE) {
      const page = lost.slice(first, first + PAGE);
      const work = page.map(([record, until]) =>
        commands.send('EVAL', PUT_BACK, '1', this.key, String(until), record, this.#publish),
      );
      await withinDeadline(Promise.all(work), TIMEOUT_MS);
    }
  }
}

/**
 * Reads a page of `ZSCAN`.
 *
 * @throws {Error} if it is not an answer to `ZSCAN`
 */
function readPage(answer: unknown): { readonly cursor: string; readonly records: string[] } {
  const [cursor, members] = listOf(answer);
  if (typeof cursor !== 'string') throw new Error('Redis did not return a page.');
  // Records and their scores alternate.
  const records = listOf(members).filter((_, index) => index % 2 === 0);
  return { cursor, records: records.filter((record) => typeof record === 'string') };
}

function listOf(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? answer : [];
}
