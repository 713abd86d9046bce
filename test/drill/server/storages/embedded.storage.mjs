import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** The embedded database, in a folder of the drill's own. */
export function embeddedStorage() {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-drill-'));
  const data = join(folder, 'data');
  return {
    name: 'embedded',
    environment: { PATRONUS_SERVER_DATA: data },
    /** Nothing goes on here without the server. */
    settled: () => Promise.resolve(),
    /** A copy of the files as the kill left them: the server recovers its own. */
    async snapshot() {
      const copy = join(folder, 'snapshot');
      cpSync(join(data, 'cluster'), copy, { recursive: true });
      return {
        async open() {
          const pglite = await PGlite.create(copy);
          return {
            query: async (sql, values) => (await pglite.query(sql, values)).rows,
            close: () => pglite.close(),
          };
        },
        remove: () => rmSync(copy, { recursive: true }),
      };
    },
    drop: () => rmSync(folder, { recursive: true }),
  };
}
