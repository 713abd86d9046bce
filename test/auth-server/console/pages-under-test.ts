import {
  Body,
  Controller,
  Get,
  Module,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { mountAssets } from '../../../apps/auth-server/src/console/assets.js';
import { form } from '../../../apps/auth-server/src/console/views/form.js';
import { formActionSource } from '../../../apps/auth-server/src/console/pages.js';
import { html } from '../../../apps/auth-server/src/operation/http/html.js';
import { LOCALES } from '../../../apps/auth-server/src/operation/http/locale.js';
import { layout } from '../../../apps/auth-server/src/console/views/layout.js';
import { SameOriginGuard } from '../../../apps/auth-server/src/console/same-origin.guard.js';
import { sampleContext, samplePages } from '../support/sample-pages.js';
import { sendPage } from '../../../apps/auth-server/src/console/pages.js';
import {
  readSettings,
  ServerSettings,
} from '../../../apps/auth-server/src/operation/settings/server-settings.js';

/** Form that passed the guard. */
export interface Submission {
  readonly body: Readonly<Record<string, string>>;
  readonly headers: Request['headers'];
}

const submissions: Submission[] = [];
const long = 'w'.repeat(120);
const SAMPLES: Readonly<Record<string, ReturnType<typeof samplePages>>> = {
  plain: samplePages((text) => text),
  long: samplePages((text) => text + long),
  ...Object.fromEntries(
    LOCALES.map((locale) => [locale, samplePages((text) => text, sampleContext(locale))]),
  ),
};

@Controller()
class PagesController {
  @Get('pages/:kind/:name')
  show(@Param('kind') kind: string, @Param('name') name: string, @Res() response: Response) {
    sendPage(response, SAMPLES[kind]![name]!);
  }

  @Post('submitted')
  @UseGuards(SameOriginGuard)
  submit(@Body() body: Submission['body'], @Req() request: Request, @Res() response: Response) {
    submissions.push({ body, headers: request.headers });
    sendPage(response, SAMPLES['plain']!['device-done']!);
  }

  /** Form whose answer redirects elsewhere, as the end of an authorization does. */
  @Get('leading')
  leading(
    @Query('to') to: string,
    @Query('allowed') allowed: string | undefined,
    @Res() response: Response,
  ) {
    const action = `/lead?to=${encodeURIComponent(to)}`;
    sendPage(response, leadingPage(action), {
      ...(allowed !== undefined && { formAction: [formActionSource(to)] }),
    });
  }

  @Post('lead')
  @UseGuards(SameOriginGuard)
  lead(@Query('to') to: string, @Res() response: Response) {
    response.redirect(303, to);
  }
}

@Module({
  controllers: [PagesController],
  providers: [{ provide: ServerSettings, useFactory: () => readSettings({}) }],
})
class PagesModule {}

function leadingPage(action: string) {
  const ui = sampleContext();
  return layout(ui, { title: 'Go on' }, form(ui, { action }, html`<button>Go</button>`));
}

/** The pages on a server of their own, whose issuer is `http://platform.test`. */
export class PagesUnderTest {
  readonly submissions = submissions;

  private constructor(
    private readonly app: NestExpressApplication,
    /** URL that browsers trust: they send `Sec-Fetch-Site` to it. */
    readonly url: string,
    /** URL that browsers do not trust: they send only `Origin` to it. */
    readonly issuer: string,
  ) {}

  static async start(): Promise<PagesUnderTest> {
    const app = await NestFactory.create<NestExpressApplication>(PagesModule, { logger: false });
    mountAssets(app, app.get(ServerSettings).brand);
    await app.listen(0, '127.0.0.1');
    const { port } = new URL(await app.getUrl());
    const issuer = `http://platform.test:${port}`;
    Object.assign(app.get(ServerSettings), { issuer });
    return new PagesUnderTest(app, `http://localhost:${port}`, issuer);
  }

  static readonly names: readonly string[] = Object.keys(SAMPLES['plain']!);

  /** Pages with a form. */
  static readonly forms: readonly string[] = Object.entries(SAMPLES['plain']!)
    .filter(([, page]) => page.toString().includes('<form'))
    .map(([name]) => name);

  close(): Promise<void> {
    return this.app.close();
  }
}
