import { EventEmitter, on } from 'node:events';
import { Injectable } from '@nestjs/common';

export interface Letter {
  readonly tenant: string;
  readonly text: string;
}

/** Letters of each tenant, as they come. */
@Injectable()
export class Postbox {
  readonly #letters = new EventEmitter();

  post(tenant: string, text: string): boolean {
    return this.#letters.emit(tenant, text);
  }

  /** Number of subscribers to the letters of all tenants. */
  get listeners(): number {
    return this.#letters.listenerCount('all');
  }

  postToAll(letter: Letter): void {
    this.#letters.emit('all', letter);
  }

  async *all(): AsyncGenerator<Letter> {
    for await (const [letter] of on(this.#letters, 'all')) yield letter as Letter;
  }

  async *letters(tenant: string): AsyncGenerator<{ posted: string }> {
    for await (const [text] of on(this.#letters, tenant)) {
      yield { posted: `${tenant}: ${String(text)}` };
    }
  }
}
