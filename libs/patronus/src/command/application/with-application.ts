import { applicationReference } from './application-reference.js';
import { type LoadedApplication, loadApplication } from './load-application.js';

/**
 * Runs `work` with the user's application. Anything that the application prints in that time goes
 * to stderr, because stdout is for the result. The process ends soon after, regardless of what the
 * application left open.
 */
export async function withApplication<Result>(
  asked: string | undefined,
  withHooks: boolean,
  work: (loaded: LoadedApplication) => Promise<Result> | Result,
): Promise<Result> {
  const answer = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    const reference = applicationReference(asked, process.cwd());
    return await work(await loadApplication(reference, withHooks));
  } finally {
    process.stdout.write = answer;
    endProcess();
  }
}

/**
 * Ends the process on the next turn, when the result is written and the exit code is set. Pools and
 * timers of an application would keep its process alive, and its own hooks may depend on others
 * that were not run.
 */
function endProcess(): void {
  setImmediate(() => {
    process.stdout.write('', () => process.stderr.write('', () => process.exit()));
  });
}
