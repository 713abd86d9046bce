import { Logger } from '@nestjs/common';

/** Something that tells listeners what happens to it. */
export abstract class Reporting<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /**
   * Hears of every event from now on, until the function that it returns is called. A listener that
   * throws is logged; it stops neither the others nor what is told.
   */
  observe(listener: (event: Event) => void): () => void {
    // One listener may be there twice, for two modules.
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
