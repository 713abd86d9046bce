import type { PatronusError } from '../../errors/patronus.error.js';
import type { HandlerType } from '../../transport/handler-explorer.js';
import type { CallTarget } from '../../transport/call-target.js';
import { Transport } from '../../transport/transport.js';
import type { PresentedRequest } from './presented-request.js';

/**
 * Replaces a transport of the application for a call that does not arrive: its credential is the
 * given one.
 */
export class DryTransport extends Transport {
  constructor(
    override readonly type: HandlerType,
    private readonly request: PresentedRequest,
  ) {
    super();
  }

  override requestOf(): PresentedRequest {
    return this.request;
  }

  override targetOf(): CallTarget {
    return { method: '', path: '' };
  }

  override denial(error: PatronusError): PatronusError {
    return error;
  }
}
