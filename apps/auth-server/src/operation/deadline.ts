/**
 * Waits for `work`, but not for longer than `ms` milliseconds: then it rejects, and the result of the
 * work is dropped. The library has the same for itself, but no public entry carries it: a deadline is
 * no part of authentication.
 *
 * An answer that arrived while the event loop was blocked counts. Timers run before input is read, so the
 * deadline lets one reading pass after its timer.
 */
export async function withinDeadline<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const late = (): void => reject(new Error(`no answer within ${ms} ms`));
    timer = setTimeout(() => setImmediate(late), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
