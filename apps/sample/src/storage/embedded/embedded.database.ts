import { EmbeddedCluster } from '@patronus/embedded-database';
import type { PGliteLike } from '@patronus/nestjs/postgres';
import type { ClinicDatabase, SqlSession } from '../clinic-database.js';

/** PostgreSQL inside of this process. */
export class EmbeddedDatabase implements ClinicDatabase {
  readonly place: string;
  readonly transactions: PGliteLike;

  private constructor(private readonly cluster: EmbeddedCluster) {
    this.place = `embedded, in ${cluster.folder}`;
    this.transactions = cluster.pglite;
  }

  /** @throws {EmbeddedClusterError} if another process uses the folder, or it cannot be used */
  static async open(folder: string): Promise<EmbeddedDatabase> {
    const options = { folder, setting: 'PATRONUS_SAMPLE_DATA', name: 'patronus-sample' };
    return new EmbeddedDatabase(await EmbeddedCluster.open(options));
  }

  /** Uses the only connection, which runs one statement at a time. */
  session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const { pglite } = this.cluster;
    return work({
      async script(statements) {
        await pglite.exec(statements);
      },
      query: (text, params) => pglite.query(text, params),
    });
  }

  close(): Promise<void> {
    return this.cluster.close();
  }
}
