import { createParser } from 'eventsource-parser';
import { until } from '../../environment/until.js';

/** A server-sent event. */
export interface HeardEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: {
    readonly id?: string;
    readonly type?: string;
    readonly at?: string;
    readonly subject?: { readonly type: string; readonly id: string } | null;
    readonly organization?: string | null;
    readonly payload?: Readonly<Record<string, string>>;
  };
}

/** A receiver of the event stream that keeps everything it hears. */
export class EventReader {
  readonly events: HeardEvent[] = [];
  comments = 0;
  text = '';
  isEnded = false;
  /** The reason for which the stream was cut. Undefined if it was ended. */
  failure: unknown;
  /** Resolves when the stream has ended, or was cut. */
  readonly ended: Promise<void>;
  readonly #closing: AbortController;

  private constructor(
    readonly headers: Headers,
    body: ReadableStream<Uint8Array>,
    closing: AbortController,
  ) {
    this.#closing = closing;
    this.ended = this.#read(body)
      .catch((error: unknown) => (this.failure = error))
      .then(() => undefined)
      .finally(() => (this.isEnded = true));
  }

  /** @throws {Error} with the status, if the answer is no stream */
  static async open(url: string, token: string, lastEventId?: string): Promise<EventReader> {
    const closing = new AbortController();
    const response = await requestEvents(url, token, lastEventId, closing.signal);
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`the answer has the status ${response.status}`);
    }
    return new EventReader(response.headers, response.body, closing);
  }

  /** The types of the events in their order. */
  get types(): readonly (string | undefined)[] {
    return this.events.map(({ event }) => event);
  }

  /** The last cursor. */
  get cursor(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The events about a subject. */
  about(id: string): readonly HeardEvent[] {
    return this.events.filter(({ data }) => data.subject?.id === id);
  }

  /** Resolves when the stream is complete. */
  async ready(): Promise<this> {
    await until(true, () => this.types.includes('ready'));
    return this;
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.ended;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, id, data }) => this.events.push({ event, id, data: JSON.parse(data) }),
      onComment: () => (this.comments += 1),
    });
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const text = decoder.decode(chunk, { stream: true });
      this.text += text;
      parser.feed(text);
    }
  }
}

/** Asks for the event stream. */
export function requestEvents(
  url: string,
  token: string | undefined,
  lastEventId?: string,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(new URL('/api/v1/events', url), {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    ...(signal !== undefined && { signal }),
  });
}
