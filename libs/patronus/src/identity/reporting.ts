import { Logger } from '@nestjs/common';

/** Object that reports events to listeners. */
export abstract class Reporting<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /**
   * Calls a listener for every event from now on, until the returned function is called. A listener
   * that throws is logged, and stops neither the other listeners nor the reported work.
   */
  observe(listener: (event: Event) => void): () => void {
    // One listener may be added twice, for two modules.
    const own = (event: Event): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  protected report(event: Event): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        new Logger('Patronus').error(`A listener failed: ${message}`);
      }
    }
  }
}
