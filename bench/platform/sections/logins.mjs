import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../../shared/load.mjs';
import { measurePinned } from '../../shared/processes.mjs';
import { median, medianRatio } from '../../shared/statistics.mjs';
import { PASSWORD } from '../clients.mjs';
import { inTurn, jsonPost } from '../operations.mjs';

/** One is hashed, and some wait for their turn: enough that the server never does. */
const CONNECTIONS = 4;
/** What a server still hashes when its burst is over must not be in the next one, in milliseconds. */
const PAUSE = 300;

export const ALONE = 'argon2 alone';

/** Logins, beside what the hash alone allows in the same place; a round is a burst of each. */
export async function measureLogins({ entrants, plan, say }) {
  const { rounds, seconds, warmUp } = plan.logins;
  const entries = entrants.filter(({ server }) => server.paths.login !== undefined).map(entryOf);
  const bursts = new Map([ALONE, ...entries.map(({ name }) => name)].map((name) => [name, []]));
  say('warming up');
  for (const entry of entries) await burst(entry, warmUp);
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    bursts
      .get(ALONE)
      .push(await measurePinned('platform/hosts/argon2.mjs', ['argon2', `${seconds}`]));
    for (const entry of entries) bursts.get(entry.name).push(await burst(entry, seconds));
  }
  return [...bursts].map(([name, own]) => summarize(name, own, bursts.get(ALONE)));
}

function entryOf({ server }) {
  const { login } = server.paths;
  // Each of many people, so that nobody waits for the row of another's attempt.
  const logins = server.people.map(({ email }) => jsonPost(login, { email, password: PASSWORD }));
  return { name: server.name, server, requests: inTurn(logins) };
}

async function burst(entry, seconds) {
  const result = await load(entry.server, { ...entry, seconds, connections: CONNECTIONS });
  await sleep(PAUSE);
  return result;
}

function summarize(name, own, alone) {
  return {
    name,
    perSecond: median(of(own, 'perSecond')),
    perCpuSecond: median(of(own, 'perCpuSecond')),
    share: medianRatio(of(own, 'perSecond'), of(alone, 'perSecond')),
    cpuShare: medianRatio(of(own, 'perCpuSecond'), of(alone, 'perCpuSecond')),
  };
}

function of(bursts, member) {
  return bursts.map((one) => one[member]);
}
