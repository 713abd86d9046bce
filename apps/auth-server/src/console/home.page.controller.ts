import { Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { PageController } from './page.filter.js';
import { sendPage } from './pages.js';
import { html, layout } from './views/html.js';

/** The page at the issuer's own address. */
@PageController()
export class HomePageController {
  @Get()
  show(@Res() response: Response): void {
    const page = layout(
      { title: 'Your account' },
      html`<p class="lead">
          You sign in here when an application asks you to. Open the application that you want to
          use, and choose to sign in there.
        </p>
        <p><a class="button" href="/register">Create an account</a></p>
        <p><a href="/forgot-password">Forgot your password?</a></p>`,
    );
    sendPage(response, page);
  }
}
