import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type DenialRecord, DenialWriter } from './denial-writer.js';

/**
 * Writes denials as NDJSON, one object a line, to a file or to a stream such as `process.stdout`.
 * The file is opened for each batch, so that it may be rotated. After a failure a line may occur
 * twice, with the same `id`, or be truncated.
 *
 * @example
 * DenialLogModule.forRoot({ writer: ndjsonDenials('/var/log/clinic/denials.ndjson') })
 */
export function ndjsonDenials(destination: string | Writable): DenialWriter {
  return typeof destination === 'string'
    ? new FileWriter(destination)
    : new StreamWriter(destination);
}

class FileWriter extends DenialWriter {
  /** True if the last attempt may have left a line without its end. */
  #isTorn = false;

  constructor(private readonly path: string) {
    super();
  }

  override async write(records: readonly DenialRecord[], signal: AbortSignal): Promise<void> {
    const text = (this.#isTorn ? '\n' : '') + linesOf(records);
    this.#isTorn = true;
    // Readable by its owner only, because it names callers and their requests.
    await writeFile(this.path, text, { flag: 'a', mode: 0o600, signal });
    this.#isTorn = false;
  }
}

class StreamWriter extends DenialWriter {
  constructor(private readonly stream: Writable) {
    super();
    // Each write reports its own error. Without a listener, the event would end the process.
    stream.on('error', () => undefined);
  }

  /** Waits for the stream. A stream buffers any amount, so a slow one must be waited for. */
  override write(records: readonly DenialRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.stream.write(linesOf(records), (error) => (error ? reject(error) : resolve()));
    });
  }
}

function linesOf(records: readonly DenialRecord[]): string {
  return records
    .map(
      ({ at, ...record }) => `${JSON.stringify({ at: new Date(at).toISOString(), ...record })}\n`,
    )
    .join('');
}
