import { ask } from './ask.mjs';
import { chainsOf } from './chains.mjs';
import { Contender } from './contender.mjs';
import { clientCredentials, introspection, refresh } from './operations.mjs';
import { openStorage, shared } from './storages.mjs';

/** Access tokens that are introspected in turn. */
const TOKENS = 50;

/** A contender with its storage, and what the load needs. */
export class Entrant {
  constructor(server, storage, chains, accessTokens) {
    this.server = server;
    this.storage = storage;
    this.chains = chains;
    this.accessTokens = accessTokens;
  }

  /** Starts a contender, and sees that it does what it is measured by. */
  static async enter(contender, people) {
    const storage = await openStorage(contender.storage);
    let server;
    try {
      server = await Contender.start(contender, { ...storage.settings, people });
      const chains = chainsOf(server.people.map(({ refreshToken }) => refreshToken));
      return new Entrant(server, storage, chains, await prove(server, chains));
    } catch (error) {
      await server?.stop();
      await storage.clear();
      throw error;
    }
  }

  async leave() {
    await this.server.stop();
    await this.storage.clear();
  }
}

/** All that can run here; the others, with the reason. */
export async function enterAll(contenders, people, say) {
  const entrants = [];
  const absent = [];
  for (const contender of contenders) {
    const { name, storage } = contender;
    if (storage === 'postgres' && shared === undefined) {
      absent.push({ name, reason: 'DATABASE_URL and REDIS_URL are not set', isLeftOut: true });
      continue;
    }
    say(`starting ${name}`);
    try {
      entrants.push(await Entrant.enter(contender, people));
    } catch (error) {
      absent.push({ name, reason: error.message });
    }
  }
  return { entrants, absent };
}

/** @returns access tokens, each of a refresh; the refresh tokens go back */
async function prove({ url, paths }, chains) {
  const accessTokens = [];
  for (let index = 0; index < TOKENS; index += 1) {
    const used = chains.take();
    const {
      access_token: accessToken,
      refresh_token: next,
      id_token: idToken,
    } = await ask(url, refresh(paths, used));
    if (next === used || headerOf(idToken)?.alg !== 'ES256') throw new Error('refreshes otherwise');
    chains.give(next);
    accessTokens.push(accessToken);
  }
  const { active } = await ask(url, introspection(paths, accessTokens[0]));
  if (active !== true) throw new Error('does not know its own token');
  const { access_token: signed } = await ask(url, clientCredentials(paths));
  if (headerOf(signed)?.alg !== 'ES256') throw new Error('signs otherwise');
  return accessTokens;
}

function headerOf(token) {
  const [header] = token.split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString());
}
