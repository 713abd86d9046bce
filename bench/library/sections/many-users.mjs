import { Credentials } from '../credentials.mjs';
import { measurePinned } from '../../shared/processes.mjs';
import { runRounds } from '../../shared/rounds.mjs';
import { Server } from '../server.mjs';
import { zipf } from '../zipf.mjs';

/**
 * Tokens of many users, drawn from a Zipf distribution, against the default cache of 10,000.
 * Signed with ES256: a hundred thousand RSA signatures would take longer than all the rest.
 */
export async function measureManyUsers({ plan, say }) {
  const credentials = await Credentials.create('ES256');
  const settings = { ...credentials.settings(), adapter: 'express' };
  const entries = [];
  for (const users of [1, ...plan.users]) {
    say(`signing ${users} token${users === 1 ? '' : 's'}`);
    const pool = await poolOf(credentials, users);
    const rank = zipf(users);
    entries.push({
      name: `${users}`,
      base: '1',
      server: await Server.start('contenders/patronus.mjs', settings),
      draw: () => pool[rank()],
      timed: true,
    });
  }
  say('loading');
  const results = await runRounds(entries, plan.manyUsers);
  await Promise.all(entries.map(({ server }) => server.stop()));
  await credentials.stop();
  say('memory of the cache');
  const memory = await measurePinned(
    'library/inside/main.mjs',
    ['memory', String(plan.remembered)],
    {
      flags: ['--expose-gc'],
    },
  );
  return { results, memory };
}

async function poolOf(credentials, users) {
  const pool = [];
  for (let index = 0; index < users; index++) {
    pool.push(await credentials.headers({ user: `user-${index}` }));
  }
  return pool;
}
