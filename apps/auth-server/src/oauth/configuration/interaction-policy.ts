import { interactionPolicy } from 'oidc-provider';

const { base, Check } = interactionPolicy;

/** When a person is asked to sign in, and to consent. */
export function oidcInteractionPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy
    .get('login')
    ?.checks.add(
      new Check(
        'account_closed',
        'the account can no longer be used',
        'login_required',
        ({ oidc }) =>
          oidc.session?.accountId !== undefined && oidc.account === undefined
            ? Check.REQUEST_PROMPT
            : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}
