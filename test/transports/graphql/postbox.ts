import { EventEmitter, on } from 'node:events';
import { Injectable } from '@nestjs/common';

/** Letters of each tenant, as they come. */
@Injectable()
export class Postbox {
  readonly #letters = new EventEmitter();

  post(tenant: string, text: string): boolean {
    return this.#letters.emit(tenant, text);
  }

  async *letters(tenant: string): AsyncGenerator<{ posted: string }> {
    for await (const [text] of on(this.#letters, tenant)) {
      yield { posted: `${tenant}: ${String(text)}` };
    }
  }
}
