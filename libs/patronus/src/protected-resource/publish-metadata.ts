import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ProtectedResource } from './protected-resource.js';

/** Seconds for which clients may cache the metadata. */
const MAX_AGE = 3600;

/**
 * Serves the metadata at its well-known path (RFC 9728, section 3). Registered on the server
 * itself: a route of Nest would move with the global prefix and with versions, and be guarded.
 */
export function publishMetadata(adapter: AbstractHttpAdapter, resource: ProtectedResource): void {
  adapter.get(resource.path, (_request: unknown, response: unknown) => {
    adapter.setHeader(response, 'Cache-Control', `public, max-age=${MAX_AGE}`);
    adapter.reply(response, resource.metadata, 200);
  });
}
