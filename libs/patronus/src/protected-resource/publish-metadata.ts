import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ProtectedResource } from './protected-resource.js';

/** For how long clients may keep the metadata, in seconds. */
const MAX_AGE = 3600;

/**
 * Answers with the metadata at its well-known path (RFC 9728, section 3). On the server itself: a
 * route of Nest would move with the global prefix and with versions, and stand behind the guards.
 */
export function publishMetadata(adapter: AbstractHttpAdapter, resource: ProtectedResource): void {
  adapter.get(resource.path, (_request: unknown, response: unknown) => {
    adapter.setHeader(response, 'Cache-Control', `public, max-age=${MAX_AGE}`);
    adapter.reply(response, resource.metadata, 200);
  });
}
