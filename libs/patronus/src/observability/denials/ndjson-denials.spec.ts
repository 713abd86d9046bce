import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DenialRecord } from './denial-writer.js';
import { ndjsonDenials } from './ndjson-denials.js';

const record = (more: Partial<DenialRecord> = {}): DenialRecord => ({
  id: 'id-1',
  at: Date.UTC(2030, 0, 1),
  decisionId: 'd-1',
  code: 'token_expired',
  reason: undefined,
  transport: 'http',
  route: 'Notes.list',
  method: 'GET',
  path: '/notes',
  user: undefined,
  issuer: undefined,
  tenant: undefined,
  ...more,
});

const LINE =
  '{"at":"2030-01-01T00:00:00.000Z","id":"id-1","decisionId":"d-1","code":"token_expired","transport":"http","route":"Notes.list","method":"GET","path":"/notes"}\n';

const { signal } = new AbortController();

describe('ndjsonDenials', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patronus-denials-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('appends one object a line to a file that its owner alone reads', async () => {
    const file = join(folder, 'denials.ndjson');
    const writer = ndjsonDenials(file);
    await writer.write([record()], signal);
    await writer.write([record(), record({ path: '/a\nb' })], signal);
    const lines = readFileSync(file, 'utf8');
    expect(lines.startsWith(LINE + LINE)).toBe(true);
    expect(lines.trimEnd().split('\n')).toHaveLength(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('goes on in a new file where the old one was rotated away', async () => {
    const file = join(folder, 'denials.ndjson');
    const writer = ndjsonDenials(file);
    await writer.write([record()], signal);
    renameSync(file, `${file}.1`);
    await writer.write([record()], signal);
    expect(readFileSync(file, 'utf8')).toBe(LINE);
  });

  it('begins a new line after a failure, and rejects where nothing can be written', async () => {
    const writer = ndjsonDenials(join(folder, 'gone', 'denials.ndjson'));
    await expect(writer.write([record()], signal)).rejects.toThrow('ENOENT');
    const file = join(folder, 'aborted.ndjson');
    const other = ndjsonDenials(file);
    await expect(other.write([record()], AbortSignal.abort())).rejects.toThrow('aborted');
    await other.write([record()], signal);
    await other.write([record()], signal);
    expect(readFileSync(file, 'utf8')).toBe(`\n${LINE}${LINE}`);
  });

  it('writes to a stream, and waits until that has taken it', async () => {
    const stream = new PassThrough();
    await ndjsonDenials(stream).write([record()], signal);
    expect(String(stream.read())).toBe(LINE);
  });

  it('rejects where a stream fails, which ends no process', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const writer = ndjsonDenials(stream);
    await expect(writer.write([record()], signal)).rejects.toThrow('EPIPE');
    await expect(writer.write([record()], signal)).rejects.toThrow();
  });
});
