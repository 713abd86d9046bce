import type { RefusableFormModel } from './form.js';
import type { NewPasswordModel } from './new-password.field.js';

/** The errors of a form, the refused password among them. */
export function passwordErrors({
  error,
  errors,
  refusal,
}: Pick<RefusableFormModel<string>, 'error' | 'errors'> & Pick<NewPasswordModel, 'refusal'>): Pick<
  RefusableFormModel<string>,
  'error' | 'errors'
> {
  return { error, errors: { ...errors, ...(refusal && { password: 'Choose another password.' }) } };
}
