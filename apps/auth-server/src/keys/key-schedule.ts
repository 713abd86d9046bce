import { CLOCK_LEEWAY, LONGEST_ACCESS_TOKEN } from '../tokens/access-tokens.life.js';

/** When a key does what. */
export interface KeyTimes {
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly publishedUntil: Date;
}

const DAY = 24 * 60 * 60;

/** A key is published on for so many seconds after it signed for the last time. */
const PUBLISHED_ON = LONGEST_ACCESS_TOKEN + CLOCK_LEEWAY;

/**
 * How many seconds a key is published before it signs, for those who keep a JWK Set for a while: a
 * tenth of its time, and a day at most.
 */
export function publishLead(rotation: number): number {
  return Math.min(DAY, rotation / 10);
}

/** Of a key that signs at once, because there is no other. */
export function timesOfFirst(now: Date, rotation: number): KeyTimes {
  return timesFrom(now, rotation);
}

/** Of the key that takes over from `last`: never before it was published for the whole lead. */
export function timesOfNext(last: KeyTimes, now: Date, rotation: number): KeyTimes {
  const earliest = later(now, publishLead(rotation));
  return timesFrom(earliest > last.signsUntil ? earliest : last.signsUntil, rotation);
}

/** What becomes of the key that `next` takes over from: until then it signs, however late that is. */
export function timesUntil(next: KeyTimes): Pick<KeyTimes, 'signsUntil' | 'publishedUntil'> {
  return { signsUntil: next.signsFrom, publishedUntil: later(next.signsFrom, PUBLISHED_ON) };
}

/** Whether the key that takes over from `last` is to be published now. */
export function isNextDue(last: KeyTimes | undefined, now: Date, rotation: number): boolean {
  return last === undefined || later(now, publishLead(rotation)) >= last.signsUntil;
}

/** The one of an algorithm's keys that signs: the latest that has begun. `keys` by `signsFrom`. */
export function signerOf<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0];
}

function timesFrom(signsFrom: Date, rotation: number): KeyTimes {
  const signsUntil = later(signsFrom, rotation);
  return { signsFrom, signsUntil, publishedUntil: later(signsUntil, PUBLISHED_ON) };
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
