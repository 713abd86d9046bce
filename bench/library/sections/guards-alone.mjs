import { measurePinned } from '../../shared/processes.mjs';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/** The guards in process, in nanoseconds, beside what they cannot do without. */
export async function measureGuardsAlone({ plan, say }) {
  const time = (what, ...args) =>
    measurePinned('library/inside/main.mjs', [what, String(plan.batches), ...args]);
  say('hot authentication');
  const hot = await time('hot');
  const cold = {};
  for (const algorithm of ALGORITHMS) {
    say(`cold authentication, ${algorithm}`);
    cold[algorithm] = await time('cold', algorithm);
  }
  say('permission checks');
  return { hot, cold, permissions: await time('permissions') };
}
