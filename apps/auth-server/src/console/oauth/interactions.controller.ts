import {
  type ArgumentsHost,
  Body,
  Catch,
  type ExceptionFilter,
  Get,
  Injectable,
  Param,
  Post,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { errors, type Interaction } from 'oidc-provider';
import { z } from 'zod';
import { PlatformError } from '../../operation/http/errors.js';
import { problemHeaders, problemOf } from '../../operation/http/problem.js';
import { RateLimit } from '../../operation/limits/rate-limit.guard.js';
import { ChallengesService } from '../../sign-in/challenge/challenges.service.js';
import { PasswordVerifierService } from '../../sign-in/login/password-verifier.service.js';
import { BrowserProblemPages, PageController } from '../page.filter.js';
import { InteractionPages, InteractionsService } from './interactions.service.js';

/** The form of the sign-in page. */
const SIGN_IN_BODY = z.object({
  identifier: z.string().default(''),
  password: z.string().default(''),
});

type SignInBody = z.output<typeof SIGN_IN_BODY>;

/** The form of the page that asks for a code. */
const CODE_BODY = z.object({
  challenge: z.string().max(200).default(''),
  code: z.string().max(32).default(''),
});

type CodeBody = z.output<typeof CODE_BODY>;

/** The flow of a challenge: it is completed in the interaction that it began in. */
const flowOf = (uid: string): string => `interaction:${uid}`;

/** The form of the consent page. Every decision but `allow` denies. */
const CONSENT_BODY = z.object({ decision: z.string().default('deny') });

type ConsentBody = z.output<typeof CONSENT_BODY>;

/** Leads from a sign-in that ended to the one that waits in this browser, or to the application. */
@Injectable()
@Catch(errors.SessionNotFound)
class EndedInteractionFilter implements ExceptionFilter {
  constructor(
    private readonly interactions: InteractionsService,
    private readonly pages: BrowserProblemPages,
  ) {}

  async catch(error: errors.SessionNotFound, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const wayBack = await this.interactions.wayBackFrom(String(request.params['uid']));
    this.pages.send(request, response, problemOf(error), wayBack);
  }
}

/** The pages on which a person signs in and consents for an application. */
// The upper filter comes first.
@UseFilters(EndedInteractionFilter)
@PageController('interaction/:uid')
export class InteractionsController {
  constructor(
    private readonly interactions: InteractionsService,
    private readonly pages: InteractionPages,
    private readonly passwords: PasswordVerifierService,
    private readonly challenges: ChallengesService,
  ) {}

  @Get()
  async show(@Req() request: Request, @Res() response: Response, @Param('uid') uid: string) {
    await this.pages.send(response, await this.interactions.find({ request, response }, uid));
  }

  @Post()
  @RateLimit('login')
  async signIn(
    @Req() request: Request,
    @Res() response: Response,
    @Param('uid') uid: string,
    @Body({ schema: SIGN_IN_BODY }) { identifier, password }: SignInBody,
  ): Promise<void> {
    const interaction = await this.at('login', { request, response }, uid);
    try {
      const login = { identifier, password, channel: 'cookie', flow: flowOf(uid) } as const;
      const proven = await this.passwords.verify(login);
      if ('challenge' in proven) {
        return await this.pages.sendChallenge(response, interaction, proven.challenge);
      }
      const { account, proof } = proven;
      await this.interactions.signIn({ request, response }, uid, account, [proof]);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const problem = problemOf(error);
      response.set(problemHeaders(problem));
      await this.pages.sendAgain(response, interaction, { identifier, problem });
    }
  }

  /** Takes the code of the mail that a challenge sent. */
  @Post('code')
  @RateLimit('code')
  async answerChallenge(
    @Req() request: Request,
    @Res() response: Response,
    @Param('uid') uid: string,
    @Body({ schema: CODE_BODY }) { challenge: token, code }: CodeBody,
  ): Promise<void> {
    const interaction = await this.at('login', { request, response }, uid);
    try {
      const answer = { token, code, factor: 'email_code', flow: flowOf(uid) };
      const { account, proofs } = await this.challenges.complete(answer);
      await this.interactions.signIn({ request, response }, uid, account, proofs);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const problem = problemOf(error);
      response.set(problemHeaders(problem));
      if (problem.code === 'code_wrong') {
        return this.pages.sendChallenge(response, interaction, { token }, problem);
      }
      await this.pages.sendAgain(response, interaction, { identifier: '', problem });
    }
  }

  @Post('consent')
  @RateLimit('authorize')
  async consent(
    @Req() request: Request,
    @Res() response: Response,
    @Param('uid') uid: string,
    @Body({ schema: CONSENT_BODY }) { decision }: ConsentBody,
  ): Promise<void> {
    const exchange = { request, response };
    const interaction = await this.at('consent', exchange, uid);
    if (decision === 'allow') return this.interactions.allow(exchange, interaction);
    return this.interactions.refuse(exchange);
  }

  @Post('abort')
  @RateLimit('authorize')
  async abort(@Req() request: Request, @Res() response: Response, @Param('uid') uid: string) {
    await this.interactions.find({ request, response }, uid);
    await this.interactions.refuse({ request, response });
  }

  /** @throws {errors.SessionNotFound} if the interaction has another prompt */
  private async at(
    prompt: 'login' | 'consent',
    exchange: { request: Request; response: Response },
    uid: string,
  ): Promise<Interaction> {
    const interaction = await this.interactions.find(exchange, uid);
    if (interaction.prompt.name === prompt) return interaction;
    throw new errors.SessionNotFound('the interaction has another prompt');
  }
}
