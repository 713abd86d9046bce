import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { TOTAL_TIMEOUT } from '../../remote/remote-limits.js';
import { openRemoteStream, type RemoteStream } from '../../remote/remote-stream.js';
import { refusedStream } from './refused-access.error.js';

/** Maximum length of a line, and of the data of one event. */
const MAX_LENGTH = 64 * 1024;
/** Maximum time without an event or a comment once the stream is complete, in milliseconds. */
export const MAX_SILENCE = 1000;
/** Maximum time until the stream is complete, in milliseconds. */
const MAX_CATCH_UP = 60_000;
/** Cursor that fits into a header. */
const CURSOR = /^[\x21-\x7e]{1,1024}$/;

/** Request for the event stream. */
export interface EventsRequest {
  readonly url: string;
  readonly token: string;
  /** Id of the last event that was received. */
  readonly cursor: string | undefined;
  readonly dispatcher: Dispatcher | undefined;
}

/** Callbacks of the owner of a {@link StreamConnection}. */
export interface StreamListener {
  /** Called when every earlier event has been received, and for each sign of life after that. */
  current(): void;
  /** Called with the id after which the next connection can continue. */
  reached(cursor: string | undefined): void;
  /**
   * Called for each event.
   *
   * @param isRepeated - true if it belongs to a catch-up from the beginning, so may be old
   */
  heard(type: string, data: string, isRepeated: boolean): void;
}

/**
 * One connection to the event stream (WHATWG HTML, section 9.2). It never reconnects by itself.
 *
 * The stream is complete from `ready` on, until a `reset` begins a new catch-up. Before that, its
 * cursor must not be used: the next connection would continue after events that were not received.
 */
export class StreamConnection {
  /** Resolves once the stream is complete. Rejects if it ends before that. */
  readonly ready: Promise<void>;
  /** Rejects with the reason for which the connection ended. */
  readonly ended: Promise<never>;
  readonly #request: EventsRequest;
  readonly #listener: StreamListener;
  readonly #closing = new AbortController();
  #becomeReady = (): void => {};
  #isReady = false;
  #isRepeating: boolean;
  #lastId: string | undefined;
  #heard = 0;
  #failure: Error | undefined;
  #silence: NodeJS.Timeout | undefined;
  #catchUp: NodeJS.Timeout | undefined;

  constructor(request: EventsRequest, signal: AbortSignal, listener: StreamListener) {
    this.#request = request;
    this.#listener = listener;
    this.#lastId = request.cursor;
    this.#isRepeating = request.cursor === undefined;
    const close = (): void => this.close();
    signal.addEventListener('abort', close, { signal: this.#closing.signal });
    if (signal.aborted) close();
    this.ended = this.#read().finally(() => this.close());
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.ended.catch(reject);
    });
    this.ready.catch(() => {});
  }

  /** Closes the connection. No callback is called after that. */
  close(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#catchUp);
    this.#closing.abort(new Error('the connection was closed'));
  }

  async #read(): Promise<never> {
    const { signal } = this.#closing;
    this.#expectReady();
    const stream = await openRemoteStream(this.#request.url, {
      headers: this.#headers(),
      dispatcher: this.#request.dispatcher,
      signal,
    });
    try {
      this.#checkAnswer(stream);
      await this.#parse(stream.chunks);
    } finally {
      stream.close();
    }
    throw new Error(`${this.#request.url} ended the stream`);
  }

  #headers(): Record<string, string> {
    const { token, cursor } = this.#request;
    return {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(cursor !== undefined && { 'last-event-id': cursor }),
    };
  }

  #checkAnswer(stream: RemoteStream): void {
    const { url } = this.#request;
    const { status } = stream;
    if (status !== 200) throw refusedStream(url, status, stream.header('retry-after'));
    if (/^text\/event-stream\s*(?:;|$)/i.test(stream.header('content-type') ?? '')) return;
    throw new Error(`${url} answers with something that is not an event stream`);
  }

  async #parse(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    // Removes a byte order mark, and holds back characters that are not complete.
    const decoder = new TextDecoder();
    const parser = createParser({
      maxBufferSize: MAX_LENGTH,
      onEvent: (event) => this.#hear(event),
      onComment: () => this.#live(),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#fail('a line of more than 64 KiB');
      },
    });
    for await (const chunk of chunks) {
      if (this.#closing.signal.aborted) return;
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  #hear({ event = 'message', data, id }: EventSourceMessage): void {
    if (this.#closing.signal.aborted || this.#failure !== undefined) return;
    if (data.length > MAX_LENGTH) return this.#fail('an event of more than 64 KiB');
    if (id !== undefined) this.#lastId = CURSOR.test(id) ? id : undefined;
    if (event === 'reset') this.#reset();
    else if (event === 'ready') this.#complete();
    else this.#listener.heard(event, data, this.#isRepeating);
    if (this.#isReady) this.#listener.reached(this.#lastId);
    this.#live();
  }

  #reset(): void {
    this.#isReady = false;
    this.#isRepeating = true;
    this.#expectReady();
  }

  #complete(): void {
    this.#isReady = true;
    this.#isRepeating = false;
    clearTimeout(this.#catchUp);
    this.#watch(MAX_SILENCE);
    this.#becomeReady();
  }

  /** Notes a sign of life: a complete event or comment. */
  #live(): void {
    this.#heard += 1;
    if (this.#closing.signal.aborted) return;
    this.#silence?.refresh();
    if (this.#isReady) this.#listener.current();
  }

  #expectReady(): void {
    clearTimeout(this.#catchUp);
    this.#catchUp = setTimeout(() => this.#end('did not complete the catch-up'), MAX_CATCH_UP);
    this.#catchUp.unref();
    this.#watch(TOTAL_TIMEOUT * 1000);
  }

  #watch(ms: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#suspect(ms), ms).unref();
  }

  /**
   * Ends the connection if it is silent. If this process was busy, the data that arrived in that
   * time are read first.
   */
  #suspect(ms: number): void {
    const heard = this.#heard;
    setImmediate(() => {
      if (heard === this.#heard) this.#end(`sent nothing for ${ms} ms`);
    });
  }

  #fail(problem: string): void {
    this.#failure ??= new Error(`${this.#request.url} sent ${problem}`);
  }

  #end(problem: string): void {
    this.#closing.abort(new Error(`${this.#request.url} ${problem}`));
  }
}
