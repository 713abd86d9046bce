import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { DataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.js';
import { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { until } from '../../environment/until.js';
import { logIn, registered, type Tokens, tokensOf } from './people.js';
import type { ApiAnswer, PlatformBed } from './platform-bed.js';

/** Rounds that each change of the instances waits for. */
const ROUNDS = 8;

/**
 * Uses every data key on several instances in turn: logs in, refreshes, sends and reads mails, and does the
 * maintenance of keys, until it is stopped.
 */
export class KeyLoad {
  readonly failures: string[] = [];
  readonly #beds: PlatformBed[] = [];
  readonly #inFlight = new Map<PlatformBed, number>();
  #rounds = 0;
  #isStopping = false;
  readonly #workers: Promise<void>[] = [];

  /** Starts people, each with a session of their own. */
  async start(people: number): Promise<void> {
    const [bed] = this.#beds;
    for (let index = 0; index < people; index += 1) {
      const email = await registered(bed!);
      this.#workers.push(this.#work(email, await tokensOf(bed!, email)));
    }
  }

  /** Adds an instance, and waits until it has been used. */
  async add(bed: PlatformBed): Promise<void> {
    this.#beds.push(bed);
    if (this.#workers.length > 0) await this.#progress();
  }

  /** Sends nothing to an instance any more, and waits for its answers. */
  async remove(bed: PlatformBed): Promise<void> {
    this.#beds.splice(this.#beds.indexOf(bed), 1);
    await until(0, () => this.#inFlight.get(bed) ?? 0);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#workers);
  }

  async #progress(): Promise<void> {
    const enough = this.#rounds + ROUNDS;
    await until(true, () => this.#rounds >= enough || this.failures.length > 0);
  }

  async #work(email: string, first: Tokens): Promise<void> {
    let tokens = first;
    const { iat = 0 } = decodeJwt(first.accessToken);
    const currentDate = new Date(iat * 1000);
    while (!this.#isStopping && this.failures.length === 0) {
      await this.#use(async (bed) => {
        const { refreshToken } = tokens;
        const refreshed = await bed.api('POST', '/api/v1/auth/refresh', { refreshToken });
        tokens = expectStatus(refreshed, 200).body;
      });
      await this.#use(async (bed) => {
        const { body: keys } = expectStatus(await bed.api('GET', '/oauth/jwks'), 200);
        // The guard also needs Redis, which one process with two instances may not hear in time.
        await jwtVerify(tokens.accessToken, createLocalJWKSet(keys), { currentDate });
        expectStatus(await logIn(bed, email, 'not the password'), 401);
        expectStatus(await logIn(bed, email), 200);
      });
      await this.#use(async (bed) => {
        expectStatus(await bed.api('POST', '/api/v1/auth/forgot-password', { email }), 202);
        await readMails(bed);
        await bed.app.get(DataKeys, { strict: false }).maintain();
      });
      this.#rounds += 1;
    }
  }

  async #use(work: (bed: PlatformBed) => Promise<void>): Promise<void> {
    const bed = this.#beds[this.#rounds % this.#beds.length]!;
    this.#inFlight.set(bed, (this.#inFlight.get(bed) ?? 0) + 1);
    try {
      await work(bed);
    } catch (error) {
      this.failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      this.#inFlight.set(bed, this.#inFlight.get(bed)! - 1);
    }
  }
}

/** Decrypts all mails. @throws if one cannot be decrypted */
async function readMails(bed: PlatformBed): Promise<void> {
  const keyring = bed.app.get(Keyring, { strict: false });
  const { db } = bed.app.get(PlatformDatabase, { strict: false });
  for (const { id, sealed } of await db.select().from(mails)) keyring.open('mails', id, sealed);
}

function expectStatus(answer: ApiAnswer, status: number): ApiAnswer {
  if (answer.status === status) return answer;
  throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
}
