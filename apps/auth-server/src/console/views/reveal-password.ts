import { createHash } from 'node:crypto';
import { Html } from '../../operation/http/html.js';

/**
 * Adds a button that shows the password to the field before the script. Without scripts there is no button.
 * The password is hidden again when the form is sent, so that browsers recognise it.
 */
export const REVEAL_SCRIPT = `
(() => {
  const input = document.currentScript.previousElementSibling;
  const button = document.createElement('button');
  const reveal = (shown) => {
    input.type = shown ? 'text' : 'password';
    button.textContent = shown ? input.dataset.hide : input.dataset.show;
  };
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => reveal(input.type === 'password'));
  input.form.addEventListener('submit', () => reveal(false));
  reveal(false);
  input.after(button);
})();
`;

/** The source of the script in a policy (CSP Level 3, section 2.3.1). */
export const REVEAL_SOURCE = `'sha256-${createHash('sha256').update(REVEAL_SCRIPT).digest('base64')}'`;

/** Follows an input whose attributes `data-show` and `data-hide` are the labels of the button. */
export function revealButton(): Html {
  return new Html(`<script>${REVEAL_SCRIPT}</script>`);
}
