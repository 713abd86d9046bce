import type { IncomingHttpHeaders } from 'node:http';

/** The members of a request that Express and Fastify share. */
export interface PageRequest {
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
}

/** The members of a response that Express and Fastify share. */
export interface PageResponse {
  header(name: string, value: string | string[]): unknown;
}
