import { applicationReference } from './application-reference.js';
import { type LoadedApplication, loadApplication } from './load-application.js';

/**
 * Runs `work` with the user's application. Meanwhile, whatever the application prints goes to stderr:
 * stdout is for the answer. The process ends soon after, whatever the application left open.
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
 * Pools and timers of an application keep its process alive, and its own hooks may count on others
 * that were not run. By the next turn the answer is written and the exit code is set.
 */
function endProcess(): void {
  setImmediate(() => {
    process.stdout.write('', () => process.stderr.write('', () => process.exit()));
  });
}
