import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { GuardsInForce, ruleInForce } from '../coverage/guards-in-force.js';
import { DENIAL_SCHEMAS } from './denial-responses.js';
import { HandlerLabels } from './handler-labels.js';
import { describeOperation, type Operation } from './secured-operation.js';
import { readApplication } from './secured-application.js';
import { SecuritySchemes } from './security-schemes.js';

/**
 * Creates the document of `SwaggerModule.createDocument()` with the requirements of the guards: the
 * security of each operation, the requirements of its decorators, and the denials that it may
 * answer with. Anything that the application writes itself stays, except the security of operations
 * that are guarded.
 *
 * @example
 * const config = new DocumentBuilder().setTitle('Clinic').build();
 * SwaggerModule.setup('docs', app, () => createSecuredDocument(app, config));
 */
export function createSecuredDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  const rules = app.get(RuleRegistry, { strict: false });
  const guards = app.get(GuardsInForce, { strict: false });
  const application = readApplication(app);
  const schemes = new SecuritySchemes(application);
  const labels = new HandlerLabels(rules.all().filter(({ type }) => type === 'http'));
  const document = labels.during(() => SwaggerModule.createDocument(app, config, options));
  const operations = [...operationsIn(document.paths), ...operationsIn(document.webhooks ?? {})];
  for (const { method, operation } of operations) {
    const labelled = labels.read(operation.security);
    if (labelled === undefined) continue;
    const { owner, handler, written } = labelled;
    const bound = { type: 'http', owner, handler, rule: rules.ruleOf(owner, handler) } as const;
    const rule = ruleInForce(bound.rule, guards.of(bound));
    describeOperation(operation, { rule, method, written, schemes, application });
  }
  return withComponents(
    document,
    schemes.definitionsFor(operations.flatMap(({ operation }) => operation.security ?? [])),
  );
}

function operationsIn(
  paths: OpenAPIObject['paths'],
): readonly { readonly method: string; readonly operation: Operation }[] {
  return Object.values(paths).flatMap((item) =>
    // All members: `@All()` creates operations for methods that the type does not know.
    Object.entries(item).flatMap(([method, operation]) =>
      isOperation(operation) ? [{ method, operation }] : [],
    ),
  );
}

function isOperation(member: unknown): member is Operation {
  return typeof member === 'object' && member !== null && 'responses' in member;
}

function withComponents(
  document: OpenAPIObject,
  definitions: ReturnType<SecuritySchemes['definitionsFor']>,
): OpenAPIObject {
  const { schemas, securitySchemes, ...others } = document.components ?? {};
  const components = {
    ...others,
    schemas: { ...DENIAL_SCHEMAS, ...schemas },
    securitySchemes: { ...definitions, ...securitySchemes },
  };
  return { ...document, components };
}
