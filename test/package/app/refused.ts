import assert from 'node:assert/strict';
import type { Type } from '@nestjs/common';
import { codeOf, listening } from './listening.js';

/**
 * Checks that the application of the README refuses callers without a token, except on public
 * routes.
 */
export async function checkRefused(application: Type): Promise<void> {
  const app = await listening(application);
  try {
    assert.deepEqual(await app.ask('/health'), { status: 200, body: { status: 'ok' } });
    const { status, body } = await app.ask('/patients');
    assert.equal(status, 401);
    assert.equal(codeOf(body), 'token_missing');
  } finally {
    await app.close();
  }
}
