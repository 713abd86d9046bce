import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Returns the arguments with which Node.js runs a built application. While coverage is recorded it runs the
 * sources instead, because only those are counted.
 */
export function programOf(application: 'auth-server' | 'sample'): readonly string[] {
  if (process.env['PATRONUS_COVERAGE'] === undefined) {
    return [at(`apps/${application}/dist/main.js`)];
  }
  const hooks = new URL('typescript.hooks.mjs', import.meta.url).href;
  return ['--import', hooks, at(`apps/${application}/src/main.ts`)];
}
