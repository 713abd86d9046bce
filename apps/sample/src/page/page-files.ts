import { Injectable } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

const PUBLIC = new URL('../../public/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The files of the page. They are read once at start, so a request can reach no other file. */
@Injectable()
export class PageFiles {
  private readonly files = new Map<string, PageFile>(
    readdirSync(PUBLIC).map((name) => [
      name,
      {
        type: TYPES[extname(name)] ?? 'application/octet-stream',
        content: readFileSync(new URL(name, PUBLIC)),
      },
    ]),
  );

  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers of every page. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;
