import { quantile } from '../../shared/statistics.mjs';
import { ask, ownConnection } from '../ask.mjs';
import { PASSWORD } from '../clients.mjs';
import { runUsers } from '../open-loop.mjs';
import { clientCredentials, introspection, jsonPost, refresh } from '../operations.mjs';

/** Out of a hundred acts. */
const HASH_FREE = { refresh: 40, introspection: 30, 'userinfo, me': 20, 'client credentials': 10 };
const WITH_LOGINS = { ...HASH_FREE, refresh: 39, login: 1 };
/** Of what the first section says that a contender carries: nobody runs a server at its limit. */
const LOAD = 0.5;

const MIXES = { 'hash-free': HASH_FREE, 'with 1 % logins': WITH_LOGINS };

/** Latencies of the platform at 1,000 users who act at moments of their own. */
export async function measureManyUsers({ entrants, plan, results: { throughput }, say }) {
  const results = [];
  for (const { server, chains } of entrants) {
    if (server.people[0]?.api === undefined) continue;
    const users = usersOf(server, chains, plan.users.users);
    const rate = Math.min(plan.users.rate, rateOf(server, throughput));
    const options = { ...plan.users, rate };
    for (const [mix, shares] of Object.entries(MIXES)) {
      say(`${server.name}, ${mix}`);
      results.push({ name: server.name, mix, ...(await measure(server, users, shares, options)) });
    }
    for (const { refreshToken, connection } of users) {
      chains.give(refreshToken);
      connection.destroy();
    }
  }
  return results;
}

/** Acts per second; `userinfo` and `me` count as introspections. */
function rateOf({ name }, throughput) {
  const secondsEach = Object.entries(HASH_FREE).reduce((sum, [act, share]) => {
    const measured = throughput.find(({ operation }) => operation === act) ?? throughput.at(-1);
    const { perSecond } = measured.results.find((one) => one.name === name);
    return sum + share / 100 / perSecond;
  }, 0);
  return Math.max(10, Math.floor(LOAD / secondsEach / 10) * 10);
}

function usersOf(server, chains, count) {
  return server.people.slice(0, count).map(({ email, api }) => ({
    email,
    connection: ownConnection(),
    api: { ...api },
    refreshToken: chains.take(),
  }));
}

async function measure(server, users, shares, options) {
  // Everybody holds an opaque access token before it begins.
  for (const user of users) await ACTS.refresh(server, user, { ofOAuth: true });
  const drawn = Object.entries(shares).flatMap(([name, share]) => Array(share).fill(name));
  const before = await server.usage();
  const start = performance.now();
  const latencies = await runUsers(users, {
    ...options,
    async act(user) {
      const name = drawn[Math.floor(Math.random() * drawn.length)];
      await ACTS[name](server, user);
      return name;
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const { cpuMicros } = await server.usage();
  return {
    users: users.length,
    rate: options.rate,
    busy: (cpuMicros - before.cpuMicros) / 1e6 / seconds,
    all: percentiles(Object.values(latencies).flat()),
    acts: Object.entries(latencies).map(([name, own]) => ({ name, ...percentiles(own) })),
  };
}

function percentiles(latencies) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { count: latencies.length, p50, p95, p99, max: quantile(latencies, 1) };
}

const isEven = () => Math.random() < 0.5;

/** What a user does; where there are an OAuth way and the API's own, each half of the time. */
const ACTS = {
  async refresh({ url, paths }, user, { ofOAuth = isEven() } = {}) {
    if (ofOAuth) {
      const tokens = await ask(url, refresh(paths, user.refreshToken), user.connection);
      user.refreshToken = tokens.refresh_token;
      user.accessToken = tokens.access_token;
    } else {
      const { refreshToken } = user.api;
      const request = jsonPost('/api/v1/auth/refresh', { refreshToken });
      user.api = await ask(url, request, user.connection);
    }
  },
  async introspection({ url, paths }, { accessToken, connection }) {
    const { active } = await ask(url, introspection(paths, accessToken), connection);
    if (active !== true) throw new Error('an access token of a moment ago is not active');
  },
  'userinfo, me': async ({ url, paths }, { accessToken, api, connection }) => {
    const [path, token] = isEven()
      ? [paths.userinfo, accessToken]
      : ['/api/v1/me', api.accessToken];
    await ask(url, { path, headers: { authorization: `Bearer ${token}` } }, connection);
  },
  'client credentials': ({ url, paths }, { connection }) =>
    ask(url, clientCredentials(paths), connection),
  async login({ url, paths }, user) {
    const request = jsonPost(paths.login, { email: user.email, password: PASSWORD });
    user.api = await ask(url, request, user.connection);
  },
};
