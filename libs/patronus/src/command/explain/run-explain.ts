import type { INestApplicationContext } from '@nestjs/common';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { InMemoryRevocations } from '../../revocation/in-memory.revocations.js';
import { Revocations } from '../../revocation/revocations.js';
import { withApplication } from '../application/with-application.js';
import { EXIT } from '../exit-code.js';
import type { Output } from '../output.js';
import { pipedToken, type PresentedToken, presentedToken } from '../presented-token.js';
import { readCall } from './call.js';
import { explainText } from './explain-text.js';
import { findHandler } from './find-handler.js';
import { judgeCall } from './judge-call.js';
import { byName, type Header, presentRequest, readHeader } from './presented-request.js';

export interface ExplainOptions {
  readonly app?: string;
  readonly header: readonly string[];
  readonly apiKey?: boolean;
  readonly init?: boolean;
}

export async function runExplain(
  asked: { readonly token: string; readonly method: string; readonly target: string },
  { app: reference, init = false, apiKey = false, header }: ExplainOptions,
  output: Output,
): Promise<void> {
  const call = readCall(asked.method, asked.target);
  const headers = header.map(readHeader);
  const presented = presentedToken(asked.token === '-' ? await pipedToken() : asked.token);
  const { coverage, judgement, isForgetful } = await withApplication(
    reference,
    init,
    async ({ app }) => {
      const found = findHandler(app, call, byName(headers));
      const credential = credentialHeaders(app, presented, apiKey);
      const request = presentRequest(call, found.params, [...headers, ...credential]);
      const revocations = app.get(Revocations, { strict: false });
      // If hooks run, the hook of the module starts it.
      if (!init) await revocations.start();
      return {
        coverage: found.handler.coverage,
        judgement: await judgeCall(app, found.handler, request),
        isForgetful: revocations instanceof InMemoryRevocations,
      };
    },
  );
  output.exitCode = judgement.verdict === 'denied' ? EXIT.wrong : EXIT.fine;
  const name = `${call.method} ${call.path}`;
  const { handler, guards, missingGuards } = coverage;
  output.answer(
    { call: name, handler, guards, missingGuards, ...judgement },
    explainText(name, coverage, judgement, output),
  );
  if (isForgetful && judgement.verdict !== 'denied') {
    output.note('Revocations in the memory of a running server are not known here.');
  }
  const isKnown = judgement.explanation.caller !== undefined;
  if (isKnown && judgement.code === 'provider_unavailable' && !init) {
    output.note('If a module connects in a lifecycle hook, add --init to run the hooks.');
  }
}

/**
 * Returns the token in the header that its caller uses. An application that accepts only API keys
 * needs no option.
 */
function credentialHeaders(
  app: INestApplicationContext,
  { token, scheme }: PresentedToken,
  isApiKey: boolean,
): readonly Header[] {
  if (token === '') return [];
  const { schemes } = app.get(IdentityProvider, { strict: false });
  const usual = schemes.includes('bearer') ? 'Bearer' : 'ApiKey';
  const prefix = isApiKey ? 'ApiKey' : (scheme ?? usual);
  return [['authorization', `${prefix} ${token}`]];
}
