import type { IncomingHttpHeaders } from 'node:http';

/** A request as Express and Fastify hand it out. */
export interface PageRequest {
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
}

/** An answer of Express or Fastify, before it is sent. */
export interface PageResponse {
  header(name: string, value: string | string[]): unknown;
}
