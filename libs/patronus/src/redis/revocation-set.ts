import { withinDeadline } from '../identity/deadline.js';
import type { RevocationEntry } from '../revocation/revocation-entry.js';
import { PATIENCE } from './redis-connection.js';
import type { RedisCommands } from './redis-subscription.js';
import { writeRecord } from './revocation-record.js';

/** How many records go over the wire at once. */
const PAGE = 1000;
/** How long after its time a record goes, in milliseconds: clocks differ. */
const GRACE = 60 * 60 * 1000;

/** The records of all instances in Redis: a sorted set, by the time at which each may be forgotten. */
export class RevocationSet {
  constructor(private readonly key: string) {}

  /** Keeps a record and says it on the channel: both, or neither. Clears what has expired. */
  async add(commands: RedisCommands, entry: RevocationEntry): Promise<void> {
    const record = writeRecord(entry);
    await commands
      .multi()
      .zRemRangeByScore(this.key, '-inf', Date.now() - GRACE)
      .zAdd(this.key, { score: entry.until, value: record })
      .publish(this.key, record)
      .exec();
  }

  /**
   * Hands over every record that was there when it was called, a page at a time, so that Redis serves
   * others in between. Then those of `known` that Redis has lost are put back and said again, without being waited for.
   */
  async read(
    commands: RedisCommands,
    known: readonly RevocationEntry[],
    hear: (record: string) => void,
  ): Promise<void> {
    const lost = new Map(known.map((entry) => [writeRecord(entry), entry.until]));
    let cursor = '0';
    do {
      const look = commands.zScan(this.key, cursor, { COUNT: PAGE });
      const page = await withinDeadline(look, PATIENCE);
      cursor = page.cursor;
      for (const { value } of page.members) {
        hear(value);
        lost.delete(value);
      }
    } while (cursor !== '0');
    // Where this fails the connection does, and the next one begins here again.
    this.#putBack(commands, [...lost]).catch(() => {});
  }

  async #putBack(
    commands: RedisCommands,
    lost: readonly (readonly [record: string, until: number])[],
  ): Promise<void> {
    for (let first = 0; first < lost.length; first += PAGE) {
      const page = lost.slice(first, first + PAGE);
      const work = page.map(async ([value, score]) => {
        const added = await commands.zAdd(this.key, { score, value }, { condition: 'NX' });
        // Only one of the instances that know it says it again.
        if (added > 0) await commands.publish(this.key, value);
      });
      await withinDeadline(Promise.all(work), PATIENCE);
    }
  }
}
