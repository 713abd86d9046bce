import { EventEmitter, once } from 'node:events';

/** A line as pino wrote it. */
export interface Line {
  readonly msg: string;
  readonly req?: { readonly url: string };
  readonly user?: unknown;
  readonly tenant?: unknown;
  readonly decisionId?: unknown;
}

/** Destination that pino writes to, and that tests read. */
export class PinoLines {
  private readonly written = new EventEmitter();
  private lines: Line[] = [];
  text = '';

  readonly write = (text: string): void => {
    const line: Line = JSON.parse(text);
    this.text += text;
    this.lines.push(line);
    this.written.emit('line');
  };

  clear(): void {
    this.lines = [];
    this.text = '';
  }

  /** The lines of a message about one URL, or about none. */
  of(msg: string, url?: string): readonly Line[] {
    return this.lines.filter((line) => line.msg === msg && line.req?.url === url);
  }

  /** Returns the lines whose message begins with a text. */
  about(beginning: string, url: string): readonly Line[] {
    return this.lines.filter(({ msg, req }) => msg.startsWith(beginning) && req?.url === url);
  }

  /** Waits until there is such a line: an access log is written after the answer. */
  async first(msg: string, url?: string): Promise<Line> {
    for (;;) {
      const [line] = this.of(msg, url);
      if (line !== undefined) return line;
      await once(this.written, 'line');
    }
  }
}

/** Returns the caller, the tenant and the decision of a line. */
export function whose({ user, tenant, decisionId }: Line) {
  return { user, tenant, decisionId };
}
