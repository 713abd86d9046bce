/**
 * Returns the variables that processes of tests inherit, without those that would change their
 * output.
 */
export function plainEnvironment(): Readonly<Record<string, string | undefined>> {
  const { PATH, NODE_COMPILE_CACHE, PATRONUS_COVERAGE } = process.env;
  return { PATH, NODE_COMPILE_CACHE, PATRONUS_COVERAGE };
}
