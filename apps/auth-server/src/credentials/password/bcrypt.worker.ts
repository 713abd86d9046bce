import { parentPort } from 'node:worker_threads';
import { hashSync } from 'bcryptjs';

/** What {@link BcryptScheme} sends; the hash comes back. */
export interface BcryptJob {
  readonly password: string;
  /** Version, cost and salt: the first 29 characters of a hash. */
  readonly salt: string;
}

parentPort?.once('message', ({ password, salt }: BcryptJob) => {
  parentPort?.postMessage(hashSync(password, salt), []);
});
