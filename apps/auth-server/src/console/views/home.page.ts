import { html, type Html } from '../../operation/http/html.js';
import { layout, lead, links, nextStep, type PageContext } from './layout.js';

export function homePage(ui: PageContext): Html {
  const text = ui.copy.home;
  return layout(
    ui,
    { title: text.title },
    html`${lead(text.lead)} ${nextStep(ui, '/register', text.register)}
    ${links(ui, [['/forgot-password', text.forgot]])}`,
  );
}
