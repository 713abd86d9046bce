import { html, type Html } from './html.js';
import { layout } from './layout.js';

export function deviceDonePage(): Html {
  return layout(
    { title: 'Device connected' },
    html`<p class="lead">Go on at the device. You can close this page.</p>`,
  );
}
