import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { bindScope, runInScope } from './rooms.mjs';

/** A request with the guards' view of it, as Nest hands it to them. */
export class Call {
  constructor(headers, controller, method) {
    const request = {
      url: '/patients',
      headers,
      rawHeaders: Object.entries({ host: 'localhost', accept: '*/*', ...headers }).flat(),
      user: undefined,
    };
    const handler = controller.prototype[method];
    this.context = new ExecutionContextHost([request, {}], controller, handler);
    this.scope = { response: {}, identity: undefined, tenantId: undefined };
    bindScope(request, this.scope);
  }

  /** Forgets who was let in, so that the guard has to find it out again. */
  reset() {
    this.scope.identity = undefined;
    this.scope.tenantId = undefined;
  }

  /** Runs `work` inside the request, as the middleware does, and waits for it. */
  run(work) {
    return new Promise((resolve, reject) => {
      runInScope(this.scope, () => work().then(resolve, reject));
    });
  }
}
