import { trace } from '@opentelemetry/api';
import { withoutCredentials } from '../identity/credential-names.js';
import { memberOf } from '../transport/member-of.js';
import { quietly } from './quietly.js';

/** Where the semantic conventions, old and new, keep the URL of a request. */
const URL_ATTRIBUTES = ['url.full', 'url.query', 'http.url', 'http.target'] as const;

/** Takes tokens out of the URL that an instrumentation wrote onto the active span. */
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
