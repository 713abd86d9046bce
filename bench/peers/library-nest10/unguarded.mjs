import { createApp } from './app.mjs';

/** The unguarded route on this older Nest: what the peer beside it is a share of. */
export async function start() {
  return { app: await createApp({}) };
}
