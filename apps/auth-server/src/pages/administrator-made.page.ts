import { html, type Html } from './html.js';
import { layout } from './layout.js';

export interface AdministratorMadeModel {
  readonly email: string;
}

export function administratorMadePage({ email }: AdministratorMadeModel): Html {
  return layout(
    { title: 'Administrator made' },
    html`<p class="lead">
      <strong><bdi>${email}</bdi></strong> administers this platform now. The link that you came by
      works no more.
    </p>`,
  );
}
