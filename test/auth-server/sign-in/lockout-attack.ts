import { newAddress, PASSWORD } from '../support/people.js';
import { type ApiAnswer, PlatformBed } from '../support/platform-bed.js';
import { platformStorage } from '../support/platform-storage.js';

/** The size of an attack. */
export interface AttackSize {
  readonly networks: number;
  readonly requests: number;
  readonly accounts: number;
}

/** The result of an attack. */
export interface AttackResult {
  /** The answers to the attacker, by status and code. */
  readonly attacker: Readonly<Record<string, number>>;
  /** The logins of owners on known devices, and after a reset link. */
  readonly logins: { readonly device: number; readonly link: number };
  /** The answers that kept an owner out. */
  readonly refusals: readonly string[];
}

interface Owner {
  readonly email: string;
  readonly network: string;
  password: string;
  device: string;
}

/** The requests of a round. A minute passes between two rounds, in which network limits start over. */
const ROUND = 2500;
/** Requests of the attacker that are in flight at once. */
const PARALLEL = 25;

/** Attacks the accounts of owners from many networks, while the owners go on signing in. */
export class LockoutAttack {
  readonly #attacker: Record<string, number> = {};
  readonly #logins = { device: 0, link: 0 };
  readonly #refusals: string[] = [];
  #owners: readonly Owner[] = [];
  #sent = 0;

  private constructor(
    private readonly bed: PlatformBed,
    private readonly size: AttackSize,
    private readonly report: (line: string) => void,
  ) {}

  static async run(size: AttackSize, report: (line: string) => void): Promise<AttackResult> {
    const storage = await platformStorage('embedded');
    // The clock of the test decides when a window of a limit ends, so the limits are in memory.
    const environment = { TRUST_PROXY: 'loopback', RATE_LIMITS: 'on', REDIS_URL: '' };
    const bed = await PlatformBed.start({ on: storage, environment });
    try {
      const attack = new LockoutAttack(bed, size, report);
      await attack.#run();
      return { attacker: attack.#attacker, logins: attack.#logins, refusals: attack.#refusals };
    } finally {
      await bed.close();
      await storage.clear();
    }
  }

  async #run(): Promise<void> {
    const owners: Owner[] = [];
    for (let index = 0; index < this.size.accounts; index += 1) {
      const owner = { network: `192.0.2.${index}`, password: PASSWORD, device: '' };
      const email = await this.#registered(`198.51.100.${index}`);
      owners.push({ email, ...owner });
    }
    this.#owners = owners;
    for (const owner of owners) await this.#signIn(owner, 'device');
    while (this.#sent < this.size.requests) {
      await this.#round();
      this.bed.clock.advance(61);
      const { device, link } = this.#logins;
      const refused = this.#refusals.length;
      this.report(
        `${this.#sent} requests, ${device} logins on devices, ${link} after a link, ${refused} refused`,
      );
    }
  }

  /** Registers an owner, whose registration counts for a network of its own. */
  async #registered(network: string): Promise<string> {
    const { bed } = this;
    const email = newAddress();
    const body = { email, password: PASSWORD };
    await this.#post('register', body, network);
    await this.#post('verify-email', { token: await bed.tokenMailedTo(email) }, network);
    return email;
  }

  /** Sends a round of requests. Meanwhile, each owner signs in on a known device, and half of them reset. */
  async #round(): Promise<void> {
    const end = Math.min(this.#sent + ROUND, this.size.requests);
    const senders = Array.from({ length: PARALLEL }, async () => {
      while (this.#sent < end) {
        this.#sent += 1;
        await this.#harm(this.#sent);
      }
    });
    const [first] = this.#owners;
    const half = this.#owners.filter((_, index) => (index + this.#sent / ROUND) % 2 < 1);
    for (const owner of this.#owners) await this.#signIn(owner, 'device');
    for (const owner of first === undefined ? [] : half) await this.#reset(owner);
    await Promise.all(senders);
  }

  async #harm(number: number): Promise<void> {
    const network = `10.0.0.${number % this.size.networks}`;
    const { email } = this.#owners[(number * 7) % this.#owners.length]!;
    const body = { email, password: `wrong password ${number}` };
    const asksForMail = number % 10 === 0;
    const answer = asksForMail
      ? await this.#post('forgot-password', { email }, network)
      : await this.#post('login', body, network);
    const kind = answer.body.challenge === undefined ? (answer.body.code ?? '') : 'challenge';
    const key = `${answer.status} ${kind}`.trim();
    this.#attacker[key] = (this.#attacker[key] ?? 0) + 1;
  }

  /** Chooses a new password with the newest link of the inbox, and signs in on a device that is not known. */
  async #reset(owner: Owner): Promise<void> {
    const { email, network } = owner;
    await this.#post('forgot-password', { email }, network);
    const links = (await this.bed.inbox(email)).flatMap(
      ({ text }) => /reset-password\?token=([\w-]+)/.exec(text)?.[1] ?? [],
    );
    const token = links.at(-1);
    const password = `${PASSWORD} ${this.#sent} and more`;
    const answer = await this.#post('reset-password', { token, password }, network);
    if (answer.status !== 204) {
      this.#refusals.push(`reset: ${answer.status} ${answer.body.code}`);
      return;
    }
    owner.password = password;
    owner.device = '';
    await this.#signIn(owner, 'link');
  }

  async #signIn(owner: Owner, way: 'device' | 'link'): Promise<void> {
    const { email, password, network, device } = owner;
    const login = await this.#post('login', { email, password }, network, device);
    const answer = await this.#completed(login, owner);
    if (typeof answer.body.accessToken !== 'string') {
      this.#refusals.push(`${way}: ${answer.status} ${answer.body.code}`);
      return;
    }
    owner.device = answer.headers.get('x-device-id') ?? '';
    this.#logins[way] += 1;
  }

  /** Enters the code of the mail if a login asks for it. */
  async #completed(login: ApiAnswer, { email, network }: Owner): Promise<ApiAnswer> {
    if (login.body.challenge === undefined) return login;
    const codes = (await this.bed.inbox(email)).flatMap(
      ({ subject }) => /\b\d{6}$/.exec(subject)?.[0] ?? [],
    );
    const { token } = login.body.challenge;
    const answer = { token, factor: 'email_code', code: codes.at(-1) ?? '' };
    return this.#post('login/verify', answer, network);
  }

  #post(path: string, body: object, network: string, device = ''): Promise<ApiAnswer> {
    return this.bed.api('POST', `/api/v1/auth/${path}`, body, undefined, {
      'x-forwarded-for': network,
      ...(device !== '' && { 'x-device-id': device }),
    });
  }
}
