import type { Answer } from '../behaviour-table.js';
import type { Outcome } from '../transport-bed.js';
import type { Caller, Heard } from './callers.js';

const DENIALS: ReadonlySet<string> = new Set(['exception', 'connect_error']);

/** Sends one message over a separate connection, and returns the result. */
export async function outcomeOf(caller: Caller, operation: string): Promise<Outcome> {
  try {
    const [event, data] = await caller.next();
    if (event !== 'connect') return outcome([event, data]);
    caller.send(operation, {});
    return outcome(await caller.next());
  } finally {
    caller.close();
  }
}

function outcome([event, data]: Heard): Outcome {
  if (event === 'answer') return { answer: data as Answer };
  if (DENIALS.has(event)) return data as Outcome;
  throw new Error(`heard ${event}: ${JSON.stringify(data)}`);
}
