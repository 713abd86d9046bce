import { firstValueFrom, type Observable, timeout } from 'rxjs';
import type { Answer } from '../behaviour-table.js';
import type { Outcome } from '../transport-bed.js';

/** Returns the result of a call: an answer, or the denial that Nest's client throws. */
export async function outcomeOf(answers: Observable<unknown>): Promise<Outcome> {
  try {
    const answer: unknown = await firstValueFrom(answers.pipe(timeout(10_000)));
    return { answer: answer as Answer };
  } catch (error) {
    if (error instanceof Error) throw error;
    const { code, message, decisionId } = error as Record<string, string>;
    return { code: code ?? '', message: message ?? '', decisionId: decisionId ?? '' };
  }
}
