import { AsyncLocalStorage } from 'node:async_hooks';
import { Observable } from 'rxjs';

/**
 * The same stream, heard in the context of this moment. What comes over a connection is otherwise
 * heard in that of whoever opened it, who may be another caller.
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
