import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether this process takes requests, or is about to end. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  #isLeaving = false;

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** From now on balancers are told to look elsewhere. */
  leave(): void {
    this.#isLeaving = true;
  }

  onModuleDestroy(): void {
    this.leave();
  }
}
