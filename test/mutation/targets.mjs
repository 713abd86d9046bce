/** Files to mutate: every line that decides on access. Specs never are. */
export const targets = [
  'libs/patronus/src/accounts/*.ts',
  'libs/patronus/src/authentication/**/*.ts',
  'libs/patronus/src/authorization/permissions.guard.ts',
  'libs/patronus/src/authorization/grants/permission-matcher*.ts',
  'libs/patronus/src/authorization/grants/{permission-pattern,pattern-list}.ts',
  'libs/patronus/src/authorization/rules/*{rule,require}*.ts',
  'libs/patronus/src/authorization/{access,decorators}.ts',
  'libs/patronus/src/authorization/policies/*check.ts',
  'libs/patronus/src/authorization/explanation/*.ts',
  'libs/patronus/src/coverage/*.ts',
  'libs/patronus/src/graphql/*.ts',
  'libs/patronus/src/identity/request-scope.ts',
  'libs/patronus/src/observability/{decisions,explanation-audience}.ts',
  'libs/patronus/src/revocation/*.ts',
  'libs/patronus/src/tenancy/*.ts',
  'libs/patronus/src/transport/*.ts',
];
