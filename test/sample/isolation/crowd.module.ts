import {
  ConflictException,
  Controller,
  type DynamicModule,
  Get,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
} from '@nestjs/common';
import { CurrentUser, Identity, PatronusModule, TenantContext } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import type { TrustedIssuer } from '../../../apps/sample/src/settings/sign-in-settings.js';
import { RandomDelays } from './random-delays.js';

/** Opens once `size` callers wait at it, which proves that they are all inside at the same time. */
@Injectable()
export class Barrier {
  private waiting = 0;
  private open: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));
  size = 1;

  async pass(): Promise<void> {
    this.waiting += 1;
    if (this.waiting === this.size) this.open();
    await this.opened;
  }
}

@Injectable()
export class CrowdService {
  constructor(
    private readonly tenant: TenantContext,
    private readonly barrier: Barrier,
  ) {}

  /** Returns the tenant as it is seen at six moments of one request. */
  async observe(seed: number): Promise<string[]> {
    const delays = new RandomDelays(seed);
    const seen = [this.tenant.id];
    await this.barrier.pass();
    for (let moment = 0; moment < 4; moment += 1) {
      await delays.wait();
      seen.push(this.tenant.id);
    }
    const nested = await Promise.all(
      [delays.wait(), delays.wait()].map((wait) => this.after(wait)),
    );
    if (seed % 7 === 0) throw new ConflictException(`${this.tenant.id} is in conflict`);
    return [...seen, ...nested];
  }

  private async after(wait: Promise<void>): Promise<string> {
    await wait;
    return this.tenant.id;
  }
}

@Controller('crowd')
export class CrowdController {
  constructor(private readonly crowd: CrowdService) {}

  @Get(':seed')
  async observe(
    @Param('seed', ParseIntPipe) seed: number,
    @CurrentUser() before: Identity,
  ): Promise<object> {
    const seen = await this.crowd.observe(seed);
    return { user: before.id, claimed: before.claims['empresa_id'], seen };
  }
}

@Module({})
export class CrowdModule {
  static for({ issuer, audience }: TrustedIssuer): DynamicModule {
    return {
      module: CrowdModule,
      imports: [
        PatronusModule.forRoot({
          identityProvider: oidc({ issuer, audience }),
          tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
        }),
      ],
      controllers: [CrowdController],
      providers: [CrowdService, Barrier],
    };
  }
}
