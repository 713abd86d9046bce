import { html, type Html, layout } from './html.js';

export interface ErrorModel {
  readonly title: string;
  /** Stable, for programs and for whoever is asked for help. */
  readonly code: string;
  /** A sentence for the person. */
  readonly message: string;
  readonly requestId?: string | undefined;
}

export function errorPage({ title, code, message, requestId }: ErrorModel): Html {
  return layout(
    { title, failed: true },
    html`<p class="lead">${message}</p>
      <dl class="facts">
        <div>
          <dt>Code</dt>
          <dd><code>${code}</code></dd>
        </div>
        ${
          requestId !== undefined &&
          html`<div>
            <dt>Request</dt>
            <dd><code>${requestId}</code></dd>
          </div> `
        }
      </dl>`,
  );
}
