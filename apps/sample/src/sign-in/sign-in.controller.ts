import {
  Controller,
  Get,
  Header,
  type HttpRedirectResponse,
  Query,
  Redirect,
  Req,
  Res,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { Public, sessionCookie } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';
import { Enrolment } from './enrolment.js';
import type { PageRequest, PageResponse } from './page-exchange.js';
import { PendingSignIns } from './pending-sign-ins.js';
import { RelyingParty } from './relying-party.js';
import { SignIn } from './sign-in.js';
import { SignInFailures } from './sign-in-failures.js';
import { MembersModule } from '../members/members.module.js';
import { PageModule } from '../page/page.controller.js';
import { SignOutController } from './sign-out.controller.js';

/**
 * Resolves a path to an address of the clinic, or to its page if the path leads to another host. Browsers read
 * `//evil.example` and `/\evil.example` as other hosts, so the resolved address is checked and returned.
 */
function ownAddress(path: string, publicUrl: string): string {
  const home = `${publicUrl}/`;
  const url = path.startsWith('/') ? URL.parse(path, home) : null;
  return url?.origin === publicUrl ? url.href : home;
}

/** The limit of the path, which is stored in a cookie. */
const MAX_PATH = 1_000;

/** The data that the page needs for its sign-in button. */
interface Offer {
  readonly url: string;
  /** The membership that a new person gets. */
  readonly newcomers: string | null;
}

@Controller('sign-in')
@Public()
class SignInController {
  constructor(
    private readonly settings: SignInSettings,
    private readonly relyingParty: RelyingParty,
    private readonly pending: PendingSignIns,
    private readonly signIn: SignIn,
    private readonly enrolment: Enrolment,
    private readonly failures: SignInFailures,
  ) {}

  @Get('offer')
  offer(): Offer {
    const url = `${this.settings.publicUrl}/sign-in`;
    return { url, newcomers: this.enrolment.offer ?? null };
  }

  /** Redirects the browser to the issuer. `return` is the path of the clinic to return to. */
  @Get()
  @Header('Cache-Control', 'no-store')
  @Redirect()
  begin(
    @Query('return') path: unknown,
    @Req() { headers }: PageRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<HttpRedirectResponse> {
    return this.failures.toPage(async () => {
      const returnTo = isShort(path) ? path : '/';
      const { url, attempt } = await this.relyingParty.begin(returnTo);
      response.header('Set-Cookie', this.pending.add(attempt, headers.cookie));
      return url;
    });
  }

  /** Completes a sign-in when the issuer redirects back. An attempt can be used once, even if it fails. */
  @Get('callback')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Redirect()
  finish(
    @Req() { originalUrl, headers }: PageRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<HttpRedirectResponse> {
    const { publicUrl } = this.settings;
    const { search, searchParams } = new URL(originalUrl, publicUrl);
    const { attempt, cookies } = this.pending.take(searchParams, headers.cookie);
    response.header('Set-Cookie', [...cookies]);
    return this.failures.toPage(async () => {
      const { accessToken, expiresIn, returnTo } = await this.signIn.complete(search, attempt);
      const session = sessionCookie(this.settings.sessionCookie, accessToken, {
        maxAge: expiresIn,
      });
      response.header('Set-Cookie', [...cookies, session]);
      return ownAddress(returnTo, publicUrl);
    });
  }
}

function isShort(path: unknown): path is string {
  return typeof path === 'string' && path.length <= MAX_PATH;
}

@Module({
  imports: [MembersModule, PageModule.for({ file: 'sign-in.html' })],
  controllers: [SignInController, SignOutController],
  providers: [RelyingParty, PendingSignIns, SignIn, Enrolment, SignInFailures],
})
export class SignInModule {
  static for(settings: SignInSettings): DynamicModule {
    return {
      module: SignInModule,
      providers: [{ provide: SignInSettings, useValue: settings }],
    };
  }
}
