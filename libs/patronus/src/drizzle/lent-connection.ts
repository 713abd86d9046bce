/** Connection of a pool while a transaction uses it. */
export class LentConnection {
  /** Object that Drizzle gets in place of the connection. */
  readonly facade: object;
  #state: 'open' | 'ending' | 'released' = 'open';
  #broken: unknown;

  constructor(private readonly connection: object) {
    this.facade = new Proxy(connection, {
      get: (target, name): unknown => {
        if (name === 'query') return (...args: unknown[]) => this.#query(args);
        if (name === 'release') return () => this.#release();
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    // Nothing else listens while it is on loan, and an error without a listener ends the process.
    call(connection, 'on', ['error', this.#onError]);
  }

  /** Ends the loan: from here on Drizzle may only commit or roll back. */
  end(): void {
    this.#state = 'ending';
  }

  readonly #onError = (error: unknown): void => {
    this.#broken = error;
  };

  async #query(args: unknown[]): Promise<unknown> {
    const text = textOf(args[0]);
    const isEnd = text === 'commit' || text === 'rollback';
    if (this.#state === 'released' || (this.#state === 'ending' && !isEnd)) {
      throw new Error('The transaction has ended: it was kept, or a query was not awaited.');
    }
    let result: unknown;
    try {
      result = await call(this.connection, 'query', args);
    } catch (error) {
      if (text === 'rollback') this.#broken ??= error;
      throw error;
    }
    if (text === 'commit' && commandOf(result) === 'ROLLBACK') {
      throw new Error('Nothing was committed: a statement failed, and its error was swallowed.');
    }
    return result;
  }

  #release(): void {
    this.#state = 'released';
    call(this.connection, 'off', ['error', this.#onError]);
    call(this.connection, 'release', [this.#broken]);
  }
}

function call(owner: object, name: string, args: unknown[]): unknown {
  const method: unknown = Reflect.get(owner, name);
  return typeof method === 'function' ? Reflect.apply(method, owner, args) : undefined;
}

function commandOf(result: unknown): unknown {
  return typeof result === 'object' && result !== null ? Reflect.get(result, 'command') : undefined;
}

function textOf(query: unknown): unknown {
  return typeof query === 'object' && query !== null ? Reflect.get(query, 'text') : query;
}
