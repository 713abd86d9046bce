import { Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { PageController } from './page.filter.js';
import { Pages } from './pages.js';
import { homePage } from './views/home.page.js';

/** The page at the address of the issuer. */
@PageController()
export class HomePageController {
  constructor(private readonly pages: Pages) {}

  @Get()
  show(@Res() response: Response): void {
    this.pages.send(response, homePage);
  }
}
