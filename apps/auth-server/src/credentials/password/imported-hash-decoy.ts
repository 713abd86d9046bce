import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../../accounts/accounts.service.js';
import { PeriodicJob } from '../../operation/jobs/periodic-job.js';
import { failureReason } from '../../operation/logging/redaction.js';
import { PasswordHasher } from './password-hasher.js';

const INTERVAL_MS = 10 * 60 * 1000;
/** The number of hashes whose schemes and costs are compared. */
const SAMPLE = 1000;

/**
 * Finds the most frequent scheme and cost of the hashes that are not current, such as imported ones. The hasher
 * does the work of it for every name, so that the time of a login does not tell which accounts have such a hash.
 */
@Injectable()
export class ImportedHashDecoy implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Passwords');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.refresh(),
    failed: (error) => this.#logger.error(`Hashes were not sampled: ${failureReason(error)}`),
  });

  constructor(
    private readonly accounts: AccountsService,
    private readonly hasher: PasswordHasher,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.#job.runNow();
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  async refresh(): Promise<void> {
    const stored = await this.accounts.hashesWithout(this.hasher.prefix, SAMPLE);
    const groups = new Map<string, string[]>();
    for (const hash of stored.filter((one) => this.hasher.isOther(one))) {
      const kind = kindOf(hash);
      groups.set(kind, [...(groups.get(kind) ?? []), hash]);
    }
    const [most] = [...groups.values()].toSorted((a, b) => b.length - a.length);
    this.hasher.pretendToHave(most?.[0]);
  }
}

/** The parts of each scheme that are its salt and its digest: the others are its name and its cost. */
const SECRET_PARTS: readonly [RegExp, string][] = [
  [/^((?:bcrypt\$|bcrypt_sha256\$)?\$2[aby]\$\d\d\$).*$/s, '$1'],
  [/^(pbkdf2_\w+\$\d+)\$.*$/s, '$1'],
  [/^scrypt\$(\d+)\$[^$]*\$(\d+)\$(\d+)\$.*$/s, 'scrypt$$$1$$$2$$$3'],
  [/^(.*argon2\w*\$(?:v=\d+\$)?[^$]*)\$.*$/s, '$1'],
];

/** Returns the scheme and the cost of a hash, without its salt and its digest. */
function kindOf(hash: string): string {
  const [pattern, kept] = SECRET_PARTS.find(([one]) => one.test(hash)) ?? [/^.*$/s, 'unknown'];
  return hash.replace(pattern, kept);
}
