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
import { clearSessionCookie, Public, sessionCookie } from '@patronus/nestjs';
import { SignInSettings } from '../settings/sign-in-settings.js';
import { Enrolment } from './enrolment.js';
import type { PageRequest, PageResponse } from './page-exchange.js';
import { RelyingParty } from './relying-party.js';
import { SignIn } from './sign-in.js';
import { readAttempt, writeAttempt } from './sign-in-attempt.js';
import { SignInFailures } from './sign-in-failures.js';
import { MembersModule } from '../members/members.module.js';
import { PageModule } from '../page/page.controller.js';
import { SignOutController } from './sign-out.controller.js';

/**
 * The address of the clinic that `path` leads to; its page, where it leads elsewhere. A browser reads
 * `//evil.example` and `/\evil.example` as other hosts: so what counts is where it leads, and what is
 * handed on is never a path again.
 */
function ownAddress(path: string, publicUrl: string): string {
  const home = `${publicUrl}/`;
  const url = path.startsWith('/') ? URL.parse(path, home) : null;
  return url?.origin === publicUrl ? url.href : home;
}

const TEN_MINUTES = 10 * 60;

/** The `Set-Cookie` text that keeps `value` for as long as a sign-in may take (RFC 6265, section 4.1). */
function shortCookie(name: string, value: string): string {
  return `${name}=${value}; Max-Age=${TEN_MINUTES}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/** The one cookie of that name in a `Cookie` header; undefined where there are none, or two. */
function cookieIn(header: string | undefined, name: string): string | undefined {
  const start = `${name}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start));
  return found.length === 1 ? found[0]?.slice(start.length) : undefined;
}

/** It is kept in a cookie, which has an end. */
const LONGEST_PATH = 1_000;

/** What the page needs to offer signing in. */
interface Offer {
  readonly url: string;
  /** What a stranger becomes. */
  readonly newcomers: string | null;
}

@Controller('sign-in')
@Public()
class SignInController {
  constructor(
    private readonly settings: SignInSettings,
    private readonly relyingParty: RelyingParty,
    private readonly signIn: SignIn,
    private readonly enrolment: Enrolment,
    private readonly failures: SignInFailures,
  ) {}

  @Get('offer')
  offer(): Offer {
    const url = `${this.settings.publicUrl}/sign-in`;
    return { url, newcomers: this.enrolment.offer ?? null };
  }

  /** Sends the browser to the issuer. `return` is a path of the clinic, to come back to. */
  @Get()
  @Header('Cache-Control', 'no-store')
  @Redirect()
  begin(
    @Query('return') path: unknown,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<HttpRedirectResponse> {
    return this.failures.toPage(async () => {
      const returnTo = isShort(path) ? path : '/';
      const { url, attempt } = await this.relyingParty.begin(returnTo);
      const cookie = shortCookie(this.settings.attemptCookie, writeAttempt(attempt));
      response.header('Set-Cookie', cookie);
      return url;
    });
  }

  /** Where the issuer sends it back to. The attempt counts once, however it ends. */
  @Get('callback')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Redirect()
  finish(
    @Req() { originalUrl, headers }: PageRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<HttpRedirectResponse> {
    const { attemptCookie, publicUrl } = this.settings;
    const ended = clearSessionCookie(attemptCookie);
    response.header('Set-Cookie', ended);
    return this.failures.toPage(async () => {
      const attempt = readAttempt(cookieIn(headers.cookie, attemptCookie));
      const { search } = new URL(originalUrl, publicUrl);
      const { accessToken, expiresIn, returnTo } = await this.signIn.complete(search, attempt);
      const session = sessionCookie(this.settings.sessionCookie, accessToken, {
        maxAge: expiresIn,
      });
      response.header('Set-Cookie', [ended, session]);
      return ownAddress(returnTo, publicUrl);
    });
  }
}

function isShort(path: unknown): path is string {
  return typeof path === 'string' && path.length <= LONGEST_PATH;
}

@Module({
  imports: [MembersModule, PageModule.for({ file: 'sign-in.html' })],
  controllers: [SignInController, SignOutController],
  providers: [RelyingParty, SignIn, Enrolment, SignInFailures],
})
export class SignInModule {
  static for(settings: SignInSettings): DynamicModule {
    return {
      module: SignInModule,
      providers: [{ provide: SignInSettings, useValue: settings }],
    };
  }
}
