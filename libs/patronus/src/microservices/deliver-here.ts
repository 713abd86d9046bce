import { AsyncLocalStorage } from 'node:async_hooks';
import { Observable } from 'rxjs';

/**
 * Returns the same stream, delivered in the current context. A connection would otherwise deliver
 * messages in the context of the caller that opened it, which may be another one.
 */
export function deliverHere<T>(source: Observable<T>): Observable<T> {
  const here = AsyncLocalStorage.snapshot();
  return new Observable((subscriber) =>
    here(() =>
      source.subscribe({
        next: (value) => here(() => subscriber.next(value)),
        error: (error: unknown) => here(() => subscriber.error(error)),
        complete: () => here(() => subscriber.complete()),
      }),
    ),
  );
}
