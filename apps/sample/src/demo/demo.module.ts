import { Module } from '@nestjs/common';
import { DemoIssuer } from './demo-issuer.js';
import { DemoTokensController } from './demo-tokens.controller.js';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';

@Module({
  controllers: [DemoTokensController, PageController],
  providers: [PageFiles, { provide: DemoIssuer, useFactory: () => DemoIssuer.start() }],
  exports: [DemoIssuer],
})
export class DemoModule {}
