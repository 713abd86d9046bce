import {
  Controller,
  Get,
  Header,
  HttpException,
  Injectable,
  Module,
  type OnModuleDestroy,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Public } from '@patronus/nestjs';
import { PlatformDatabase } from '../database/database.js';
import { LimitsModule } from '../limits/rate-limit.guard.js';
import { RateLimitStore } from '../limits/rate-limit-store.js';
import { ServerSettings } from '../settings/server-settings.js';

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

/** Whether this process takes requests, or is about to end. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  readonly #listeners = new Set<() => void>();
  #isLeaving = false;

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Calls `listener` when the process is about to end. Answers without an end must end then. */
  onLeave(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Reports to load balancers from now on that the process is not ready. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    for (const listener of this.#listeners) listener();
  }

  onModuleDestroy(): void {
    this.leave();
  }
}

/** The time limit of a check, in milliseconds. */
const TIMEOUT_MS = 2000;
/** The time for which a result is cached, in milliseconds. */
const REMEMBERED = 1000;

/** Health checks for orchestrators and load balancers. Mail is not checked, because it can be sent later. */
@ApiTags('Operation')
@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
    private readonly database: PlatformDatabase,
    private readonly limiters: RateLimitStore,
    private readonly parts: HealthIndicators,
    private readonly settings: ServerSettings,
  ) {}

  @Get('live')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Tells if the process is alive' })
  @ApiOkResponse({ description: 'The process is alive.' })
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Tells if the process is ready for requests' })
  @ApiOkResponse({ description: 'The process is ready.' })
  @ApiServiceUnavailableResponse({
    description: 'The process is shutting down, or a dependency is missing.',
  })
  async ready(): Promise<object> {
    if (this.readiness.isLeaving) throw new ServiceUnavailableException({ status: 'leaving' });
    try {
      const report = await this.health.check([
        () => this.#answers('database', () => this.database.ping()),
        () => this.#answers('limits', () => this.limiters.ping()),
        ...this.parts.all.map(
          ([name, ask]) =>
            () =>
              this.#answers(name, ask),
        ),
      ]);
      return this.settings.production ? { status: report.status } : report;
    } catch (error) {
      // Terminus logs the failed check and its reason for operators.
      if (!this.settings.production) throw error;
      throw new ServiceUnavailableException({ status: 'error', missing: missingIn(error) });
    }
  }

  #answers(name: string, ask: () => Promise<void>) {
    return this.indicators.check(name).attempt(ask).withTimeout(TIMEOUT_MS).cacheFor(REMEMBERED);
  }
}

/** Returns the names of the parts that Terminus reports as missing. */
function missingIn(error: unknown): readonly string[] {
  if (!(error instanceof HttpException)) return [];
  const report = error.getResponse();
  const parts: unknown = typeof report === 'object' && Reflect.get(report, 'error');
  return typeof parts === 'object' && parts !== null ? Object.keys(parts) : [];
}

@Module({
  imports: [TerminusModule, LimitsModule],
  controllers: [HealthController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
