import { html, type Html } from '../../operation/http/html.js';
import { field, form, type FormModel, submit } from './form.js';
import { layout, lead, links, nextStep, type PageContext } from './layout.js';

/** The purpose of a link whose page explains what to do instead. */
type LinkPurpose = 'reset_password' | 'verify_email' | 'first_administrator';

/** A link that does not work. */
export interface DeadLink {
  /** `reset_password` by default. */
  readonly purpose?: LinkPurpose | undefined;
  /** `unknown` by default: it was never given out, was withdrawn, or expired long ago. */
  readonly reason?: 'used' | 'expired' | 'unknown' | undefined;
  /** The path of the sign-in that the person came from. */
  readonly signInUrl?: string | undefined;
  /** Posts `email`, to get a new link that confirms it. */
  readonly resend?: FormModel | undefined;
}

/** Explains why a link does not work, and offers what its reader can do instead. */
export function deadLinkPage(ui: PageContext, link: DeadLink = {}): Html {
  const { purpose = 'reset_password', reason = 'unknown' } = link;
  const { titles, sentences } = ui.copy.deadLinks;
  const facts = html`<dl class="facts">
    <div>
      <dt>${ui.copy.problemCode}</dt>
      <dd><code>link_invalid</code></dd>
    </div>
  </dl>`;
  return layout(
    ui,
    { title: titles[reason], failed: true },
    html`${lead(sentences[purpose][reason])} ${wayOn(ui, link)} ${facts}`,
  );
}

function wayOn(ui: PageContext, link: DeadLink): Html {
  const { purpose = 'reset_password', reason, signInUrl, resend } = link;
  const { requestLink, goHome, verified, home } = ui.copy;
  const signIn = nextStep(ui, signInUrl ?? '/', signInUrl === undefined ? goHome : verified.signIn);
  if (purpose === 'first_administrator') return signIn;
  const forgot = `/forgot-password${continueQuery(signInUrl)}`;
  if (purpose === 'reset_password') {
    if (reason !== 'used') return nextStep(ui, forgot, requestLink);
    return html`${signIn} ${links(ui, [[forgot, requestLink]])}`;
  }
  if (reason === 'used') return html`${signIn} ${links(ui, [[forgot, home.forgot]])}`;
  const register = `/register${continueQuery(signInUrl)}`;
  return html`${resend && resendForm(ui, resend)}
  ${links(ui, [
    [signInUrl, verified.signIn],
    [register, home.register],
  ])}`;
}

/** Asks for the address that gets a new link to confirm it. */
function resendForm(ui: PageContext, resend: FormModel): Html {
  const email = field(ui, {
    name: 'email',
    label: ui.copy.email,
    type: 'email',
    autocomplete: 'email',
  });
  return form(ui, resend, email, submit(ui.copy.deadLinks.resend));
}

function continueQuery(signInUrl: string | undefined): string {
  return signInUrl === undefined
    ? ''
    : `?${new URLSearchParams({ continue: signInUrl }).toString()}`;
}
