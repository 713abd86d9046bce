import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';

/** Statements that a connection keeps. Lists make texts of many lengths: what comes later is planned each time. */
const MOST_STATEMENTS = 200;

/**
 * Names what is asked for with values, so that a connection parses and plans each text once.
 *
 * @see {@link https://www.postgresql.org/docs/current/sql-prepare.html}
 */
export class NamedStatements {
  readonly #names = new Map<string, string>();

  /** On a connection that has just been opened. */
  on(client: ClientBase): void {
    client.query = new Proxy(client.query.bind(client), {
      apply: (query, self, [asked, values, ...rest]: unknown[]): unknown =>
        Reflect.apply(query, self, [this.#named(asked, values), values, ...rest]),
    });
  }

  #named(asked: unknown, values: unknown): unknown {
    if (!Array.isArray(values) || values.length === 0 || !isUnnamed(asked)) return asked;
    const name = this.#nameOf(asked.text);
    return name === undefined ? asked : { ...asked, name };
  }

  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size === MOST_STATEMENTS) return known;
    const name = createHash('sha256').update(text).digest('base64url');
    this.#names.set(text, name);
    return name;
  }
}

function isUnnamed(asked: unknown): asked is { readonly text: string } {
  return (
    typeof asked === 'object' &&
    asked !== null &&
    'text' in asked &&
    typeof asked.text === 'string' &&
    !('name' in asked && asked.name !== undefined)
  );
}
