import { Injectable } from '@nestjs/common';

/** Checks a part of the platform. Rejects if requests cannot be served without it. */
export type HealthCheck = () => Promise<void>;

/** The registry of health checks, on which the readiness depends. Each room registers its own. */
@Injectable()
export class HealthIndicators {
  readonly #checks = new Map<string, HealthCheck>();

  /** @param name appears in the report of `/health/ready` */
  register(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  get all(): readonly (readonly [string, HealthCheck])[] {
    return [...this.#checks];
  }
}
