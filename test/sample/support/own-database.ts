import { Client } from 'pg';
import { databaseUrl } from '../../environment/services.js';

let count = 0;

/** A PostgreSQL database of its own. Empty at first, and removed at the end. */
export class OwnDatabase {
  private constructor(
    readonly name: string,
    readonly url: string,
  ) {}

  static async create(): Promise<OwnDatabase> {
    count += 1;
    const name = `patronus_sample_${process.pid}_${Date.now()}_${count}`;
    await asServer(`create database ${name} template template0`);
    // Data that a test writes need not survive a crash of the machine.
    await asServer(`alter database ${name} set synchronous_commit = off`);
    const url = new URL(serverUrl());
    url.pathname = `/${name}`;
    return new OwnDatabase(name, url.href);
  }

  /** Runs a statement as the user of `DATABASE_URL`, to whom row level security does not apply. */
  async query(text: string, params: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, params)).rows;
    } finally {
      await client.end();
    }
  }

  async drop(): Promise<void> {
    await asServer(`drop database if exists ${this.name} with (force)`);
  }
}

function serverUrl(): string {
  const url = databaseUrl();
  if (url === undefined) throw new Error('DATABASE_URL is not set');
  return url;
}

async function asServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
