import { Module } from '@nestjs/common';
import { PageModule } from '../page/page.module.js';
import { DemoIssuer } from './demo-issuer.js';
import { DemoTokensController } from './demo-tokens.controller.js';

@Module({
  imports: [PageModule.for({ file: 'index.html' })],
  controllers: [DemoTokensController],
  providers: [{ provide: DemoIssuer, useFactory: () => DemoIssuer.start() }],
  exports: [DemoIssuer],
})
export class DemoModule {}
