import { Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { PageController } from './page.filter.js';
import { Pages } from './pages.js';
import { html, type Html } from '../operation/http/html.js';
import { layout, lead, links, nextStep, type PageContext } from './views/layout.js';

export function homePage(ui: PageContext): Html {
  const text = ui.copy.home;
  return layout(
    ui,
    { title: text.title },
    html`${lead(text.lead)} ${nextStep(ui, '/register', text.register)}
    ${links(ui, [
      ['/change-password', text.changePassword],
      ['/forgot-password', text.forgot],
    ])}`,
  );
}

/** The page at the address of the issuer. */
@PageController()
export class HomePageController {
  constructor(private readonly pages: Pages) {}

  @Get()
  show(@Res() response: Response): void {
    this.pages.send(response, homePage);
  }
}
