export { graphql, type GraphqlOptions } from './graphql.js';
