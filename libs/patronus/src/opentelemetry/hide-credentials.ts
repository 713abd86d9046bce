import { trace } from '@opentelemetry/api';
import { withoutCredentials } from '../identity/credential-names.js';
import { memberOf } from '../transport/member-of.js';
import { quietly } from './quietly.js';

/** Attributes that hold the URL of a request, in the old and the new semantic conventions. */
const URL_ATTRIBUTES = ['url.full', 'url.query', 'http.url', 'http.target'] as const;

/** Removes tokens from the URL that an instrumentation wrote to the active span. */
export function hideCredentials(): void {
  quietly(() => {
    const span = trace.getActiveSpan();
    if (span?.isRecording() !== true) return;
    const attributes = memberOf(span, 'attributes');
    for (const name of URL_ATTRIBUTES) {
      const value = memberOf(attributes, name);
      if (typeof value !== 'string') continue;
      const hidden =
        name === 'url.query' && !value.startsWith('?')
          ? withoutCredentials(`?${value}`, 'REDACTED').slice(1)
          : withoutCredentials(value, 'REDACTED');
      if (hidden !== value) span.setAttribute(name, hidden);
    }
  });
}
