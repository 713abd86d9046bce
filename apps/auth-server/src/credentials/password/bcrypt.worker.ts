import { parentPort } from 'node:worker_threads';
import { hashSync } from 'bcryptjs';

/** The message of {@link BcryptScheme}. The answer is the hash. */
export interface BcryptJob {
  readonly password: string;
  /** Version, cost and salt: the first 29 characters of a hash. */
  readonly salt: string;
}

parentPort?.once('message', ({ password, salt }: BcryptJob) => {
  parentPort?.postMessage(hashSync(password, salt), []);
});
