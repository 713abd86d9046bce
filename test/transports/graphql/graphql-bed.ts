import { ApolloDriver } from '@nestjs/apollo';
import { type INestApplication, Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { GraphQLModule, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PatronusModule, type PatronusModuleOptions } from '@patronus/nestjs';
import type { Answer } from '../behaviour-table.js';
import type { Outcome, Presented } from '../transport-bed.js';
import { NoteResolver, OperationsResolver } from './notes.resolver.js';
import { Postbox } from './postbox.js';

export interface GraphqlServer {
  readonly name: string;
  readonly adapter: () => AbstractHttpAdapter;
  readonly module: object;
}

export const SERVERS: readonly GraphqlServer[] = [
  {
    name: 'Apollo on Express',
    adapter: () => new ExpressAdapter(),
    module: { driver: ApolloDriver, subscriptions: { 'graphql-ws': true }, graphiql: false },
  },
  {
    name: 'Mercurius on Fastify',
    adapter: () => new FastifyAdapter(),
    module: { driver: MercuriusDriver, subscription: { fullWsTransport: true } },
  },
];

export interface RunningGraphql {
  readonly app: INestApplication;
  readonly url: string;
}

export async function startGraphql(
  server: GraphqlServer,
  patronus: PatronusModuleOptions,
  more: object = { fieldResolverEnhancers: ['guards', 'interceptors'] },
): Promise<RunningGraphql> {
  const options: GqlModuleOptions = { autoSchemaFile: true, ...server.module, ...more };
  @Module({
    imports: [PatronusModule.forRoot(patronus), GraphQLModule.forRoot(options)],
    providers: [OperationsResolver, NoteResolver, Postbox],
  })
  class GraphqlModule {}
  const app = await NestFactory.create(GraphqlModule, server.adapter(), {
    logger: false,
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

export interface GraphqlResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions?: Record<string, unknown>;
  }[];
}

export function headersOf({ authorization, tenant }: Presented): Record<string, string> {
  return {
    ...(authorization !== undefined && { authorization }),
    ...(tenant !== undefined && { 'x-empresa-id': tenant }),
  };
}

export async function query(
  { url }: RunningGraphql,
  text: string,
  headers: Record<string, string>,
): Promise<GraphqlResult & { readonly response: Response }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text }),
  });
  return { response, ...((await response.json()) as GraphqlResult) };
}

/** Returns the result of one operation of the behaviour table. */
export function outcomeOf(operation: string, { data, errors }: GraphqlResult): Outcome {
  const [error] = errors ?? [];
  if (error === undefined) return { answer: data?.[operation] as Answer };
  const { code, decisionId } = error.extensions ?? {};
  return { code: String(code), message: error.message, decisionId: String(decisionId) };
}
