// `npm run check [-- --without-tests]`: every check in turn, stopping at the first that fails.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'without-tests': { type: 'boolean', default: false } } });

const steps = [
  ['formatting', 'format:check', 'npm run format'],
  ['types', 'types'],
  ['lint', 'lint'],
  ['boundaries', 'boundaries'],
  ...(values['without-tests'] ? [] : [['unit and end-to-end tests', 'test']]),
];

/** A step that never ends, such as a test that leaves a server open, is a step that fails. */
const LIMIT = 20 * 60_000;

for (const [index, [name, script, remedy]] of steps.entries()) {
  const label = `check ${index + 1}/${steps.length}: ${name}`;
  console.log(`\n${label}`);
  const start = performance.now();
  const { status, signal } = spawnSync('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    timeout: LIMIT,
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status !== 0) {
    const again =
      remedy === undefined ? `npm run ${script}` : `npm run ${script}; to mend: ${remedy}`;
    console.error(
      `\n${label} FAILED after ${seconds} s (${signal ?? `exit ${status}`}; again: ${again})`,
    );
    process.exit(1);
  }
  console.log(`${label}: ok (${seconds} s)`);
}
console.log('\ncheck: all passed');
