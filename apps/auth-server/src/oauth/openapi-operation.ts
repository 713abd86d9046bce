import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Security = NonNullable<Operation['security']>;

/** The description of an endpoint of oidc-provider. */
export interface OAuthEndpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** The specification of the endpoint. */
  readonly specification: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The location of the parameters. */
  readonly by?: 'query' | 'form' | 'json' | 'path';
  readonly required?: readonly string[];
  readonly security?: Security;
  /** The descriptions of answers by status. */
  readonly answers: Readonly<Record<number, string>>;
}

/** Describes an endpoint in OpenAPI. */
export function describeEndpoint(endpoint: OAuthEndpoint): Operation {
  const { summary, specification, answers, security } = endpoint;
  return {
    tags: ['OAuth 2.0 and OpenID Connect'],
    summary,
    description: specification,
    ...inputOf(endpoint),
    ...(security !== undefined && { security }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, description]) => [status, { description }]),
    ),
  };
}

function inputOf({
  parameters = {},
  required = [],
  by = 'query',
}: OAuthEndpoint): Partial<Operation> {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return {};
  if (by === 'query' || by === 'path') {
    return {
      parameters: entries.map(([name, description]) => ({
        name,
        in: by,
        description,
        required: by === 'path' || required.includes(name),
        schema: { type: 'string' },
      })),
    };
  }
  const properties = Object.fromEntries(
    entries.map(([name, description]) => [
      name,
      { description, ...(by === 'form' && { type: 'string' }) },
    ]),
  );
  const type = by === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const schema = { type: 'object', properties, required: [...required] };
  return { requestBody: { required: true, content: { [type]: { schema } } } };
}
