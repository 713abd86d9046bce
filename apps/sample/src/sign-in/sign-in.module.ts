import { type DynamicModule, Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { PageModule } from '../page/page.module.js';
import { SignInSettings } from '../settings/sign-in-settings.js';
import { Enrolment } from './enrolment.js';
import { RelyingParty } from './relying-party.js';
import { SignIn } from './sign-in.js';
import { SignInController } from './sign-in.controller.js';
import { SignInFailures } from './sign-in-failures.js';
import { SignOutController } from './sign-out.controller.js';

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
