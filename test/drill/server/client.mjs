import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** On a machine with too much to do a server may say "try again" for a while. */
const MOST_ATTEMPTS = 5;

/** No answer arrived, so it is not known if the request was carried out. */
export class NoAnswer extends Error {}

/** Asks the server, over connections that die with it. */
export class Client {
  #agent;
  #inFlight = 0;
  #answered = 0;
  #repeated = 0;
  #isCut = false;

  constructor(origin) {
    Object.assign(this, { origin, awaited: new Map() });
  }

  get inFlight() {
    return this.#inFlight;
  }

  /** Number of requests that were repeated, because the answer was 503. */
  get repeated() {
    return this.#repeated;
  }

  /** Once that many more answers have come. */
  answers(count) {
    return new Promise((resolve) => {
      this.awaited.set(this.#answered + Math.max(1, Math.round(count)), resolve);
    });
  }

  connect() {
    this.#isCut = false;
    // Each request has a connection of its own: one that is kept may end just as it is used again.
    this.#agent = new Agent({ connections: 64, pipelining: 0 });
  }

  /** From now on the server may vanish. */
  cut() {
    this.#isCut = true;
  }

  async disconnect() {
    await this.#agent.destroy();
  }

  /** @throws {NoAnswer} where the answer did not arrive whole */
  post(path, body = {}, { accessToken, device } = {}) {
    return this.#ask(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...(device && { 'x-device-id': device }),
      },
      body: JSON.stringify(body),
    });
  }

  /** @throws {NoAnswer} */
  get(path, accessToken) {
    const headers = accessToken && { authorization: `Bearer ${accessToken}` };
    return this.#ask(path, { method: 'GET', headers });
  }

  async #ask(path, options) {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#askOnce(path, options);
      if (answer.status !== 503 || attempt === MOST_ATTEMPTS) return answer;
      this.#repeated += 1;
      await sleep(Number(answer.retryAfter) * 1000);
    }
  }

  async #askOnce(path, options) {
    this.#inFlight += 1;
    try {
      const answer = await request(`${this.origin}${path}`, {
        dispatcher: this.#agent,
        ...options,
      });
      const text = await answer.body.text();
      this.awaited.get((this.#answered += 1))?.();
      return readAnswer(answer, text);
    } catch (cause) {
      if (!this.#isCut) throw cause;
      throw new NoAnswer(`${path} was not answered`, { cause });
    } finally {
      this.#inFlight -= 1;
    }
  }
}

function readAnswer({ statusCode: status, headers }, text) {
  const {
    'content-type': type = '',
    'retry-after': retryAfter = 1,
    'x-device-id': device,
  } = headers;
  return { status, retryAfter, device, body: type.includes('json') ? JSON.parse(text) : text };
}
