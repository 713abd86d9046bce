import { Injectable } from '@nestjs/common';

/** Checks a part of the platform. Rejects if requests cannot be served without it. */
export type HealthCheck = () => Promise<void>;

/** What the readiness of the platform depends on: each room registers its own part. */
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
