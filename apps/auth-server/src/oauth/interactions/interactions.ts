import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import type { AccountRow } from '../../database/schema/index.js';
import { saveAnew } from '../configuration/load-grant.js';
import { OidcProviderHost } from '../oidc-provider.host.js';
import { passwordProofOf } from '../store/password-proof.js';
import { isTexts } from './is-texts.js';

/** Who asks, for whom a person signs in. */
export interface AskingClient {
  readonly id: string;
  readonly name: string;
}

/** A request and its answer, as Express has them. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Authorization requests that wait for a person. */
@Injectable()
export class Interactions {
  constructor(private readonly host: OidcProviderHost) {}

  /**
   * The one that this browser is in.
   *
   * @throws {errors.SessionNotFound} where it is another's, has expired, or was answered
   */
  async find({ request, response }: Exchange, uid: string): Promise<Interaction> {
    const found = await this.host.provider.interactionDetails(request, response);
    if (found.uid !== uid) throw new errors.SessionNotFound('interaction session not found');
    return found;
  }

  async clientOf({ params }: Interaction): Promise<AskingClient> {
    const id = String(params['client_id']);
    const client = await this.host.provider.Client.find(id);
    if (client === undefined) throw new errors.InvalidClient('client not found');
    return { id, name: client.clientName ?? id };
  }

  /** Goes on with the account that was proven. The session begins once the browser comes back. */
  async signIn(exchange: Exchange, account: AccountRow): Promise<void> {
    const login = { accountId: account.id, amr: ['pwd'], proof: passwordProofOf(account) };
    await this.finish(exchange, { login });
  }

  /** Writes down all that is asked for, and goes on. */
  async allow(exchange: Exchange, { prompt, params, session, grantId }: Interaction) {
    const { Grant } = this.host.provider;
    if (session === undefined) throw new errors.SessionNotFound('nobody is signed in');
    const known = grantId === undefined ? undefined : await Grant.find(grantId);
    const grant =
      known ?? new Grant({ accountId: session.accountId, clientId: String(params['client_id']) });
    const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
    if (isTexts(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope.join(' '));
    if (isTexts(missingOIDCClaims)) grant.addOIDCClaims([...missingOIDCClaims]);
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
      if (isTexts(scopes)) grant.addResourceScope(resource, scopes.join(' '));
    }
    await this.finish(exchange, { consent: { grantId: await saveAnew(grant) } });
  }

  /** Goes back to the client without anything (RFC 6749, section 4.1.2.1). */
  async refuse(exchange: Exchange): Promise<void> {
    const error_description = 'the person did not allow it';
    await this.finish(exchange, { error: 'access_denied', error_description });
  }

  private finish({ request, response }: Exchange, result: InteractionResults): Promise<void> {
    return this.host.provider.interactionFinished(request, response, result);
  }
}
