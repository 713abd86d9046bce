import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nest reads the types of constructor parameters, which SWC writes and Vite itself does not.
  plugins: [swc.vite()],
  test: { include: ['*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
