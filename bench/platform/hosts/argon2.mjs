// Verifies a password as the platform does, and nothing else: `argon2.mjs argon2 <seconds>`.
import { hash, verify } from '@node-rs/argon2';
import { PasswordSettings } from '../../../apps/auth-server/dist/credentials/password/argon2.js';
import { PASSWORD } from '../clients.mjs';

const { concurrency, memoryCost, timeCost, parallelism } = new PasswordSettings();
const stored = await hash(PASSWORD, { memoryCost, timeCost, parallelism });
await verify(stored, PASSWORD);

const { user, system } = process.cpuUsage();
const start = performance.now();
const end = start + Number(process.argv.at(-1)) * 1000;
let count = 0;
await Promise.all(Array.from({ length: concurrency }, work));
const elapsed = (performance.now() - start) / 1000;
const used = process.cpuUsage({ user, system });
const cpuSeconds = (used.user + used.system) / 1e6;
process.send({ perSecond: count / elapsed, perCpuSecond: count / cpuSeconds, concurrency });

async function work() {
  while (performance.now() < end) {
    if (!(await verify(stored, PASSWORD))) throw new Error('does not match');
    count += 1;
  }
}
